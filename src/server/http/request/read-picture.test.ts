import { expect, test } from 'vitest';
import { readPicture } from './read-picture.ts';

const jpeg = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0]);

test.each(['application/x-www-form-urlencoded', 'text/plain', 'image/png', undefined])(
  'the first bytes decide what a body of type %s is',
  async (type) => {
    const headers = new Headers(type === undefined ? {} : { 'content-type': type });
    expect(await readPicture(headers, jpeg)).toEqual({ file: jpeg, name: null });
    await expect(readPicture(headers, Buffer.from('a=b'))).rejects.toThrow(
      /expected a picture .* none of these/,
    );
  },
);

test('a setting among the fields of a form is refused, other fields are not', async () => {
  const headers = new Headers({ 'content-type': 'multipart/form-data; boundary=x' });
  const form = (field: string) =>
    Buffer.concat([
      Buffer.from(`--x\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n0.9\r\n`),
      Buffer.from('--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'),
      jpeg,
      Buffer.from('\r\n--x--\r\n'),
    ]);
  expect(await readPicture(headers, form('csrf'))).toMatchObject({ name: 'a.jpg' });
  await expect(readPicture(headers, form('score'))).rejects.toMatchObject({
    kind: 'bad-parameter',
    message: expect.stringContaining('field score has no effect; put it into the address: ?score='),
  });
});

test('a HEIC picture is refused with 415 although its main brand is that of some AVIF files', async () => {
  const brands = (codec: string) => Buffer.from(`\0\0\0\x18ftypmif1\0\0\0\0mif1${codec}`, 'latin1');
  const avif = brands('avif');
  expect(await readPicture(new Headers(), avif)).toEqual({ file: avif, name: null });
  const refused = expect(readPicture(new Headers(), brands('heic'))).rejects;
  await refused.toMatchObject({ kind: 'unsupported-type', status: 415 });
});
