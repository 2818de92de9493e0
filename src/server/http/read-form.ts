import { setImmediate } from 'node:timers/promises';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { Problem } from './problem.ts';

/** A file of a form. */
export interface SentFile {
  file: Uint8Array;
  /** Without folders; null where the client gave none. */
  name: string | null;
}

/** Parts beside the picture that a form may have. */
const mostParts = 20;

/** Bytes parsed in one go; between two of them the server answers others. */
const stride = 16_384;

/**
 * The first file of a `multipart/form-data` body. A form of very many parts is given up at once: nothing else in a
 * body takes as long to parse.
 * @returns Null where the form has none.
 * @throws Problem `bad-request` where the form is cut off, malformed, or has more than 20 parts.
 */
export async function firstFile(contentType: string, body: Uint8Array): Promise<SentFile | null> {
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
    // The parser fails as well, and that is what is listened to.
    stream.on('error', () => {});
  });
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
    if (crowded) throw new Problem('bad-request', `the form has more than ${mostParts} parts`);
  }
  parser.end();
  await finished;
  if (failure) throw malformed();
  return found && { file: Buffer.concat(chunks), ...(found as { name: string | null }) };
}

function makeParser(contentType: string): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      limits: { files: 1, parts: mostParts, fieldSize: 1000, headerPairs: 20 },
    });
  } catch {
    // It has no boundary.
    throw malformed();
  }
}

function malformed(): Problem {
  return new Problem('bad-request', 'the body is not a whole multipart/form-data document');
}
