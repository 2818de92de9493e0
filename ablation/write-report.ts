import { join } from 'node:path';
import { writeAtomically } from '../src/core/node/atomic-write.ts';
import { makeFolder } from '../src/core/node/make-folder.ts';
import { markdown } from './report.ts';
import type { Outcome, StudyOptions } from './run-study.ts';
import type { Study } from './study.ts';
import { summarise } from './summary.ts';

/**
 * Writes `table.md` and `table.json` of a study, finished or not, into its folder.
 * @returns The Markdown.
 */
export async function writeReport(
  study: Study,
  outcomes: readonly Outcome[],
  { out, seeds }: Pick<StudyOptions, 'out' | 'seeds'>,
): Promise<string> {
  const folder = join(out, study.name);
  await makeFolder(folder);
  const summary = summarise(study, outcomes);
  const steps = new Set(outcomes.flatMap((outcome) => outcome.steps ?? []));
  const budget = { steps: [...steps], seeds };
  const text = markdown(study, summary, budget);
  await writeAtomically(join(folder, 'table.md'), text);
  await writeAtomically(
    join(folder, 'table.json'),
    `${JSON.stringify({ ...summary, ...budget }, null, 2)}\n`,
  );
  return text;
}
