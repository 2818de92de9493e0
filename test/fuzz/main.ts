/** `npm run fuzz -- --minutes 30`: reads new inputs until the time is over, and writes the bad ones to test/fuzz/corpus. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { corpus, type FuzzFailure, fuzz, inputs } from './fuzz.ts';
import { FuzzProcess } from './fuzz-process.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    only: { type: 'string' },
  },
});
const end = Date.now() + Number(values.minutes) * 60_000;
const batch = 100;

const process_ = new FuzzProcess();
let seed = Number(values.seed);
let done = 0;
let bad = 0;
for (const { reader, name, input } of corpus()) {
  const problem = await process_.read(reader, input);
  done++;
  if (problem === undefined) continue;
  bad++;
  console.log(`corpus/${reader}/${name}: ${problem}`);
}
const names = Object.keys(inputs).filter(
  (name) => values.only === undefined || values.only.split(',').includes(name),
);
while (Date.now() < end) {
  for (const reader of names) {
    if (Date.now() >= end) break;
    const failure = await fuzz(process_, reader, { seed, count: batch });
    done += batch;
    if (!failure) continue;
    bad++;
    console.log(`${reader}, seed ${seed}: ${failure.problem}\n  kept in ${keep(failure, seed)}`);
  }
  seed++;
  console.log(`${done} inputs, ${bad} bad, next seed ${seed}`);
}
process_.close();
process.exitCode = bad > 0 ? 1 : 0;

function keep({ reader, input }: FuzzFailure, from: number): string {
  const folder = fileURLToPath(new URL(`corpus/${reader}/seed-${from}/`, import.meta.url));
  for (const [name, content] of Object.entries(input.files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}
