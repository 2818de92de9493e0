import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { UsageError } from '../../core/errors.ts';
import { writeAtomically } from '../../core/node/atomic-write.ts';
import { isFolder } from '../../core/node/is-folder.ts';
import { plural } from '../../core/plural.ts';
import { printableJson } from '../../core/printable.ts';
import { entriesOfLine } from '../../predict/result-entry.ts';
import { type MergedLine, mergeResults, type PartedResults, storedResults } from '../../queue/merge.ts';
import { openStore } from '../../queue/open-store.ts';
import { parseS3 } from '../../queue/permissions.ts';
import { runFileName } from '../../queue/run-file.ts';
import { shardResults } from '../../queue/shards.ts';
import { refuseOverwriting, refuseSameFile } from '../files/overwrite.ts';
import { writeResults } from '../files/write-results.ts';
import { endReported } from '../terminal/failure.ts';
import { LimitNote } from '../terminal/limit-note.ts';
import { warn, writeText } from '../terminal/output.ts';
import { passLines } from './merged-lines.ts';

interface CollectOptions {
  json?: string;
  ndjson?: string;
  partial?: true;
}

/** `mask-rcnn collect`, also `mask-rcnn jobs collect`: merges the results of many machines. */
export function collectCommand(): Command {
  return new Command('collect')
    .summary('merge the results of many machines')
    .description(
      'Merges the results of `mask-rcnn submit` (its --out), or the files of `mask-rcnn predict --shard … --ndjson`, in the order of the pictures: what one `predict` of all pictures would have written. Pictures that could not be predicted are reported.',
    )
    .argument('<results...>', 'the --out of submit, or all files of predict --shard')
    .option('-j, --json <file>', "write the instances as a COCO results array; '-' for stdout")
    .option(
      '--ndjson <file>',
      "write a line of JSON for each picture, also for those with an error; '-' for stdout",
    )
    .option('--partial', 'leave out pictures that have no result yet')
    .addHelpText(
      'after',
      `
Examples:
  mask-rcnn collect results --json results.json
  mask-rcnn collect part-*.ndjson --json results.json`,
    )
    .action(collectAction);
}

async function collectAction(args: string[], options: CollectOptions): Promise<void> {
  const { json, ndjson } = options;
  if (json === undefined && ndjson === undefined)
    throw new UsageError('expected --json <file> or --ndjson <file>');
  if (json === '-' && ndjson === '-')
    throw new UsageError('--json - and --ndjson - would mix on stdout; write one of them to a file');
  refuseSameFile({ json, ndjson });
  const outputs = [
    { option: '--json', path: json },
    { option: '--ndjson', path: ndjson },
  ];
  await refuseOverwriting(outputs, [...args, ...args.map((folder) => join(folder, runFileName))]);
  const results = await partsOf(args, options);
  let failed = 0;
  await writeLines(ndjson, (line) =>
    writeEntries(json, async (entries) => {
      const merged = mergeResults(results, options.partial && reportGap(results));
      const limit = new LimitNote(results.limit);
      failed = await passLines(merged, limit, async (each) => {
        await line(each);
        await entries(each);
      });
    }),
  );
  endReported(failed, results.pictures);
}

/**
 * Several arguments, or one that ends as such a file does, are the files of shards.
 * @throws UsageError where a folder or bucket is among several.
 */
async function partsOf(args: readonly string[], { partial }: CollectOptions): Promise<PartedResults> {
  if (args.length === 1) {
    const isFile = /\.(nd)?jsonl?$/i.test(args[0]) && !(await isFolder(args[0]));
    return isFile ? shardResults(args, partial) : storedResults(openStore(args[0]));
  }
  for (const arg of args) {
    if (parseS3(arg) === null && !(await isFolder(arg))) continue;
    throw new UsageError(
      `${arg} is the --out of a submit, of which collect takes one at a time; several results are files of predict --shard`,
    );
  }
  return shardResults(args, partial);
}

function reportGap({ pictures }: PartedResults) {
  return (missing: number) =>
    warn(`${missing} of ${plural(pictures, 'picture')} have no result yet, left out`);
}

type Sink = (merged: MergedLine) => Promise<void>;

const nowhere: Sink = async () => {};

async function writeLines(target: string | undefined, produce: (sink: Sink) => Promise<void>): Promise<void> {
  if (target === undefined) return produce(nowhere);
  if (target === '-') return produce((merged) => writeText('-', `${lineOf(merged)}\n`));
  await writeAtomically(target, (file: FileHandle) =>
    produce(async (merged) => void (await file.appendFile(`${lineOf(merged)}\n`))),
  );
}

/** The line that `predict` writes: a note counts what the limit left out. */
function lineOf({ line, record }: MergedLine): string {
  if ('error' in record || record.omitted === undefined) return line;
  const { omitted, ...rest } = record;
  return printableJson(rest);
}

async function writeEntries(
  target: string | undefined,
  produce: (sink: Sink) => Promise<void>,
): Promise<void> {
  if (target === undefined) return produce(nowhere);
  await writeResults(target, (sink) => produce(({ record }) => sink(entriesOfLine(record))));
}
