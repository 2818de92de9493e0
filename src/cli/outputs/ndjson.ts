import { type FileHandle, open, readFile, truncate } from 'node:fs/promises';
import { InputError, messageOf } from '../../core/errors.ts';
import { parseJson } from '../../core/parse-json.ts';
import { type LineStart, resultLine } from '../../predict/result-line.ts';
import { writeText } from '../output.ts';
import { type ResultOutput, titleOf } from './picture-result.ts';

/**
 * One line of JSON for each picture, as soon as it is done. It should be the last of several outputs, so that a picture
 * with a line is complete in the others.
 * @param target A file, or `-` for stdout.
 * @param resume Whether lines are added to those of the file; otherwise it is replaced.
 */
export function ndjsonOutput(target: string, model: string, resume: boolean): ResultOutput {
  return async (produce) => {
    const write = (append: (text: string) => Promise<void>) =>
      produce(({ path, page, imageIds, prediction }) => {
        const start = { file_name: path, page, image_id: imageIds[0], model };
        return append(resultLine(start, prediction.toJSON()));
      });
    if (target === '-') return write((text) => writeText('-', text));
    let file: FileHandle | undefined;
    try {
      file = await open(target, resume ? 'a' : 'w');
      const lines = file;
      await write(async (text) => void (await lines.appendFile(text)));
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error;
      throw new InputError(target, `cannot be written (${messageOf(error)})`, { cause: error });
    } finally {
      await file?.close();
    }
  };
}

/**
 * The pictures that a file of an interrupted run has; a line that was cut off is removed.
 * @returns Their titles; empty where there is no file.
 * @throws InputError where a line is not such a file's, or was made with another model.
 */
export async function picturesDone(path: string, model: string): Promise<Set<string>> {
  const done = new Set<string>();
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new InputError(path, `cannot be read (${messageOf(error)})`, { cause: error });
  });
  if (content === null) return done;
  const newLine = 0x0a;
  let start = 0;
  for (let end = content.indexOf(newLine); end >= 0; end = content.indexOf(newLine, start)) {
    const line = parseJson(path, content.toString('utf8', start, end)) as Partial<LineStart> | null;
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
    done.add(titleOf({ path: line.file_name, page: line.page }));
    start = end + 1;
  }
  if (start < content.length) await truncate(path, start);
  return done;
}
