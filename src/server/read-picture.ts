import { pictureType, pictureTypes } from './picture-type.ts';
import { Problem } from './problem.ts';

/** The file of a picture, as a client sent it. */
export interface SentPicture {
  file: Uint8Array;
  /** Null where the client gave none. */
  name: string | null;
}

/**
 * Finds the picture in a request's body: the first file of a form, or the body itself.
 * @throws Problem `no-picture`, `bad-request` for a damaged form, `unsupported-type`.
 */
export async function readPicture(headers: Headers, body: Uint8Array<ArrayBuffer>): Promise<SentPicture> {
  const contentType = headers.get('content-type') ?? 'application/octet-stream';
  const mediaType = contentType.split(';')[0].trim().toLowerCase();
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') throw unsupported(`a body with content-encoding ${encoding}`);
  const isForm = mediaType === 'multipart/form-data';
  if (!isForm && !mediaType.startsWith('image/') && mediaType !== 'application/octet-stream') {
    throw unsupported(`a body of type ${mediaType}`);
  }
  const sent = isForm ? await fileOfForm(contentType, body) : { file: body, name: null };
  if (sent.file.length === 0) throw new Problem('no-picture', `${sent.name ?? 'the body'} is empty`);
  if (pictureType(sent.file) === null) throw unsupported(sent.name ?? 'a body that is none of these');
  return sent;
}

async function fileOfForm(contentType: string, body: Uint8Array<ArrayBuffer>): Promise<SentPicture> {
  let form: FormData;
  try {
    form = await new Response(body, { headers: { 'content-type': contentType } }).formData();
  } catch {
    // The parser gives no reason that a client could use.
    throw new Problem('bad-request', 'the body is not a whole multipart/form-data document');
  }
  for (const value of form.values()) {
    if (typeof value !== 'string') {
      return { file: new Uint8Array(await value.arrayBuffer()), name: value.name || null };
    }
  }
  throw new Problem('no-picture', 'the form has no file');
}

function unsupported(what: string): Problem {
  const known = pictureTypes.map((type) => type.slice('image/'.length)).join(', ');
  return new Problem(
    'unsupported-type',
    `expected a picture (${known}), as the body or as a file in a form; got ${what}`,
  );
}
