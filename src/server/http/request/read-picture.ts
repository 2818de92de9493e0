import { Problem } from '../../api/problem.ts';
import { pictureType, pictureTypes } from './picture-type.ts';
import { firstFile, type SentFile } from './read-form.ts';

/**
 * Finds the picture in a request body: the first file of a form, or the body itself, whose first bytes decide, since
 * `curl --data-binary` calls any body a form.
 * @throws Problem `no-picture`; `bad-request` for a malformed form; `unsupported-type`.
 */
export async function readPicture(headers: Headers, body: Uint8Array): Promise<SentFile> {
  const contentType = headers.get('content-type') ?? 'application/octet-stream';
  const mediaType = contentType.split(';')[0].trim().toLowerCase();
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') throw unsupported(`a body with content-encoding ${encoding}`);
  const isForm = mediaType === 'multipart/form-data';
  const sent = isForm ? await firstFile(contentType, body) : { file: body, name: null };
  if (sent === null) throw new Problem('no-picture', 'the form contains no file');
  if (sent.file.length === 0) throw new Problem('no-picture', `${sent.name ?? 'the body'} is empty`);
  if (pictureType(sent.file) === null)
    throw unsupported(sent.name ?? `a body of type ${mediaType} that is none of these`);
  return sent;
}

function unsupported(what: string): Problem {
  const known = pictureTypes.map((type) => type.slice('image/'.length)).join(', ');
  return new Problem(
    'unsupported-type',
    `expected a picture (${known}), as the body or as a file in a form; got ${what}`,
  );
}
