import { pictureType, pictureTypes } from '../../../image/picture-formats.ts';
import { explainQuerySchema } from '../../api/explain-schemas.ts';
import { Problem } from '../../api/problem.ts';
import { predictQuerySchema } from '../../api/schemas.ts';
import { firstFile, type SentFile } from './read-form.ts';

/** Other fields, such as tokens of a web framework, are passed over. */
const settings = new Set([predictQuerySchema, explainQuerySchema].flatMap(({ shape }) => Object.keys(shape)));

/**
 * Finds the picture in a request body: the first file of a form, or the body itself, whose first bytes decide, since
 * `curl --data-binary` calls any body a form.
 * @throws Problem `no-picture`; `bad-request` for a malformed form; `bad-parameter` for a setting among its fields;
 *   `unsupported-type`.
 */
export async function readPicture(headers: Headers, body: Uint8Array): Promise<SentFile> {
  const contentType = headers.get('content-type') ?? 'application/octet-stream';
  const mediaType = contentType.split(';')[0].trim().toLowerCase();
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') throw unsupported(`a body with content-encoding ${encoding}`);
  const isForm = mediaType === 'multipart/form-data';
  const fields: string[] = [];
  const sent = isForm
    ? await firstFile(contentType, body, (name) => fields.push(name))
    : { file: body, name: null };
  if (sent === null) throw new Problem('no-picture', 'the form contains no file');
  const setting = fields.find((name) => settings.has(name));
  if (setting !== undefined) {
    const detail = `the form’s field ${setting} has no effect; put it into the address: ?${setting}=…`;
    throw new Problem('bad-parameter', detail);
  }
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
