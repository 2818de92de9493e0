import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { FuzzProcess } from './fuzz-process.ts';
import type { FuzzInput } from './input.ts';
import { annotationInputs } from './inputs/annotations.ts';
import { pictureInputs } from './inputs/pictures.ts';
import { settingInputs } from './inputs/settings.ts';
import { packed, weightInputs } from './inputs/weights.ts';

/** The inputs of every reader. */
export const inputs: Readonly<Record<string, fc.Arbitrary<FuzzInput>>> = {
  ...weightInputs,
  ...settingInputs,
  ...annotationInputs,
  ...pictureInputs,
};

export interface FuzzFailure {
  readonly reader: string;
  readonly problem: string;
  /** Shrunk. */
  readonly input: FuzzInput;
}

/** Reads `count` inputs of a reader. @returns The first bad one, as small as it could be made. */
export async function fuzz(
  process: FuzzProcess,
  reader: string,
  { seed, count }: { seed: number; count: number },
): Promise<FuzzFailure | undefined> {
  let problem = '';
  const property = fc.asyncProperty(inputs[reader], async (made) => {
    const found = await process.read(reader, await packed(made));
    if (found === undefined) return true;
    problem = found;
    return false;
  });
  // A hang takes its whole time limit again at each step of shrinking.
  const details = await fc.check(property, {
    seed,
    numRuns: count,
    interruptAfterTimeLimit: 600_000,
    endOnFailure: false,
  });
  if (details.counterexample === null) return undefined;
  return { reader, problem, input: await packed(details.counterexample[0]) };
}

const corpusFolder = fileURLToPath(new URL('corpus/', import.meta.url));

/** Inputs that were bad once: `corpus/READER/NAME/FILES`; the only file, or the folder, is read. */
export function corpus(): { reader: string; name: string; input: FuzzInput }[] {
  return readdirSync(corpusFolder).flatMap((reader) =>
    readdirSync(join(corpusFolder, reader)).map((name) => ({
      reader,
      name,
      input: inputIn(join(corpusFolder, reader, name)),
    })),
  );
}

function inputIn(folder: string): FuzzInput {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
  const main = names.find((name) => /^(a|b|results|annotations|checkpoint|config)\.\w+$/.test(name)) ?? '';
  return { main, files };
}
