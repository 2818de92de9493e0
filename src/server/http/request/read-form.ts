import { setImmediate } from 'node:timers/promises';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { Problem } from '../../api/problem.ts';

/** A file sent by a client. */
export interface SentFile {
  file: Uint8Array;
  /** The client's file name without folders; null if it gave none. */
  name: string | null;
}

/** Maximum number of parts in a form. */
const maxParts = 20;

/** Maximum number of characters of a file name, as in most file systems. */
const maxNameLength = 255;

/** Bytes parsed at once; the event loop runs in between. */
const stride = 16_384;

/**
 * Finds the first file in a `multipart/form-data` body. Forms with many parts are refused, since parts are what takes
 * time to parse.
 * @param onField Called with the name of each part that is not a file.
 * @returns Null if the form has no file.
 * @throws Problem `bad-request` if the form is truncated, malformed, or has more than 20 parts, or the file's name more
 *   than 255 characters.
 */
export async function firstFile(
  contentType: string,
  body: Uint8Array,
  onField: (name: string) => void = () => {},
): Promise<SentFile | null> {
  const parser = makeParser(contentType);
  const chunks: Uint8Array[] = [];
  let found: { name: string | null } | null = null;
  let crowded = false;
  parser.on('partsLimit', () => {
    crowded = true;
  });
  parser.on('file', (_field, stream, fileName) => {
    found ??= { name: fileName || null };
    stream.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    // The parser emits an error too, which is handled below.
    stream.on('error', () => {});
  });
  parser.on('field', (name) => onField(name));
  let failure: unknown = null;
  const finished = new Promise<void>((resolve) => {
    parser.on('finish', resolve);
    parser.on('error', (error) => {
      failure = error;
      resolve();
    });
  });
  for (let start = 0; start < body.length && !failure; start += stride) {
    parser.write(body.subarray(start, start + stride));
    await setImmediate();
    if (crowded) throw new Problem('bad-request', `the form has more than ${maxParts} parts`);
  }
  parser.end();
  await finished;
  if (failure) throw malformed();
  const length = (found as { name: string | null } | null)?.name?.length ?? 0;
  if (length > maxNameLength) {
    const detail = `the file's name has ${length} characters, more than the limit of ${maxNameLength}`;
    throw new Problem('bad-request', detail);
  }
  return found && { file: Buffer.concat(chunks), ...(found as { name: string | null }) };
}

function makeParser(contentType: string): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      limits: { files: 1, parts: maxParts, fieldSize: 1000, headerPairs: 20 },
    });
  } catch {
    // The content type has no boundary.
    throw malformed();
  }
}

function malformed(): Problem {
  return new Problem('bad-request', 'the body is not a complete multipart/form-data document');
}
