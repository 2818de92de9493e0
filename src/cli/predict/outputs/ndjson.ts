import { type FileHandle, open, truncate } from 'node:fs/promises';
import { InputError } from '../../../core/errors.ts';
import { isSystemError, readIfThere, unwritable } from '../../../core/node/file-errors.ts';
import { parseJson } from '../../../core/parse-json.ts';
import { printableJson } from '../../../core/printable.ts';
import type { ChangingOptions } from '../../../predict/changing-options.ts';
import type { PredictionJson } from '../../../predict/instance.ts';
import { type CategoryIds, identifiedInstances } from '../../../predict/result-entry.ts';
import { type FailedLine, type LineStart, resultLine } from '../../../predict/result-line.ts';
import type { ShardHeader } from '../../../queue/shards.ts';
import { writeText } from '../../terminal/output.ts';
import { requireSameOptions } from './continued-options.ts';
import { type ResultOutput, titleOf } from './picture-result.ts';

/** What the file of a shard has besides the predictions, so that `collect` can merge it. */
export interface ShardLines {
  /** The first line. */
  readonly header: ShardHeader;
  /** Pictures that could not be predicted, since the last one that could. */
  readonly failed: FailedLine[];
}

interface NdjsonOptions {
  readonly ids: CategoryIds;
  /** As the user named it. */
  readonly model: string;
  /** Stored in the first line of a file. */
  readonly options: ChangingOptions;
  /** Whether lines are added to those of the file; otherwise it is replaced. */
  readonly resume: boolean;
  readonly shard?: ShardLines | undefined;
}

/**
 * One line of JSON for each picture, as soon as it is done. It should be the last of several outputs, so that a picture
 * with a line is complete in the others.
 * @param target A file, or `-` for stdout.
 */
export function ndjsonOutput(
  target: string,
  { ids, model, options, resume, shard }: NdjsonOptions,
): ResultOutput {
  return async (produce) => {
    const write = async (append: (text: string) => Promise<void>, isNew: boolean) => {
      const appendFailed = async () => {
        for (const line of shard?.failed.splice(0) ?? [])
          await append(resultLine(line, { error: line.error }));
      };
      // Only a file can be resumed.
      let isFirst = isNew && target !== '-';
      if (shard && isNew) {
        await append(`${printableJson(shard.header)}\n`);
        isFirst = false;
      }
      await produce(async ({ path, page, imageIds, prediction }) => {
        await appendFailed();
        const start = { file_name: path, page, image_id: imageIds[0], model, ...(isFirst && { options }) };
        isFirst = false;
        const { width, height } = prediction;
        await append(resultLine(start, { width, height, instances: identifiedInstances(prediction, ids) }));
      });
      await appendFailed();
    };
    if (target === '-') return write((text) => writeText('-', text), true);
    let file: FileHandle | undefined;
    try {
      file = await open(target, resume ? 'a' : 'w');
      const lines = file;
      const { size } = await file.stat();
      await write(async (text) => void (await lines.appendFile(text)), size === 0);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      throw unwritable(target, error);
    } finally {
      await file?.close();
    }
  };
}

/** What the file of a run must have to be continued by it. */
export interface ContinuedRun {
  /** As the user named it. */
  readonly model: string;
  /** The first line. */
  readonly shard?: ShardHeader | undefined;
  readonly options: ChangingOptions;
  /** By the titles of all pictures given. */
  readonly imageIds: ReadonlyMap<string, number>;
  /** By name; null for those that are left out. */
  readonly categoryIds: ReadonlyMap<string, number | null>;
}

/**
 * The pictures that a file of an interrupted run has, but for those that failed; a line that was cut off is removed.
 * @returns Their titles; empty where there is no file.
 * @throws InputError where a line is not such a file's, or was made with another model, with other options, as another
 * part or with other ids.
 */
export async function picturesDone(path: string, run: ContinuedRun): Promise<Set<string>> {
  const { model, imageIds, categoryIds } = run;
  const done = new Set<string>();
  const content = await readIfThere(path);
  if (content === null) return done;
  const newLine = 0x0a;
  let start = 0;
  for (let end = content.indexOf(newLine); end >= 0; end = content.indexOf(newLine, start)) {
    const text = content.toString('utf8', start, end);
    if (start === 0 && requireHeader(path, text, run)) {
      start = end + 1;
      continue;
    }
    const line = parseJson(path, text) as Partial<LineStart & PredictionJson & FailedLine> | null;
    if (typeof line?.file_name !== 'string') {
      throw new InputError(
        path,
        `line ${done.size + 1} has no "file_name"; --resume continues a file of --ndjson`,
      );
    }
    if (line.model !== model) {
      throw new InputError(
        path,
        `was made with the model ${line.model}, not ${model}; leave out --resume to replace it`,
      );
    }
    if (start === 0) requireSameOptions(path, line.options, run.options);
    const title = titleOf({ path: line.file_name, page: line.page });
    const id = imageIds.get(title);
    if (id !== undefined && id !== line.image_id) {
      throw new InputError(
        path,
        `has ${title} as picture ${line.image_id}, now it is ${id}: others were added or removed before it; leave out --resume to replace it`,
      );
    }
    const other = line.instances?.find((each) => categoryIds.get(each.category_name) !== each.category_id);
    if (other !== undefined) {
      throw new InputError(
        path,
        `has ${other.category_name} as category ${other.category_id}, another number than this run gives (--data); leave out --resume to replace it`,
      );
    }
    if (line.error === undefined) done.add(title);
    start = end + 1;
  }
  if (start < content.length) {
    const rest = content.toString('utf8', start);
    if (!lineStarts.some((text) => rest.startsWith(text) || text.startsWith(rest)))
      throw new InputError(path, 'is not a file of --ndjson, which --resume continues');
    await truncate(path, start);
  }
  return done;
}

/** What a line that was cut off starts with, if it is not shorter. */
const lineStarts = ['{"file_name":', '{"shard":'];

/** Whether the first line is a shard's. @throws InputError where it is not the one that is expected. */
function requireHeader(path: string, line: string, { shard, options }: ContinuedRun): boolean {
  const isHeader = line.startsWith(lineStarts[1]);
  if (!isHeader && shard === undefined) return false;
  const header = isHeader ? (parseJson(path, line) as ShardHeader) : null;
  // Older files have no list.
  const expected = { ...shard, list: header?.list && shard?.list, options: header?.options };
  if (header && shard && printableJson(header) === printableJson(expected)) {
    requireSameOptions(path, header.options, options);
    return true;
  }
  throw new InputError(
    path,
    'was made for other pictures or with another --shard; leave out --resume to replace it',
  );
}
