import { expect, test } from 'vitest';
import { firstFile } from './read-form.ts';

const contentType = 'multipart/form-data; boundary=x';
const filePart = (name: string, content: string) =>
  `--x\r\nContent-Disposition: form-data; name="f"; filename="${name}"\r\nContent-Type: image/png\r\n\r\n${content}\r\n`;
const fieldPart = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n';
const parse = (text: string, type = contentType) => firstFile(type, Buffer.from(text, 'latin1'));

test('finds the first file among other parts', async () => {
  const form = `${fieldPart}${filePart('cells.png', 'first')}${filePart('more.png', 'second')}${fieldPart}--x--\r\n`;
  expect(await parse(form)).toEqual({ name: 'cells.png', file: Buffer.from('first') });
});

test('keeps every byte of a large file, and its name without folders', async () => {
  const content = Array.from({ length: 300_000 }, (_, i) => String.fromCharCode((i * i) % 256)).join('');
  const sent = await parse(`${filePart('../a/b.png', content)}--x--\r\n`);
  expect(sent?.name).toBe('b.png');
  expect(Buffer.from(sent!.file).toString('latin1') === content).toBe(true);
});

test('a long file name is refused, a long path before it ignored', async () => {
  const long = await parse(`${filePart('n'.repeat(255), 'bytes')}--x--\r\n`);
  expect(long?.name).toHaveLength(255);
  const path = await parse(`${filePart(`${'folder/'.repeat(5000)}a.png`, 'bytes')}--x--\r\n`);
  expect(path?.name).toBe('a.png');
  for (const length of [256, 80_000]) {
    const message = `the file's name has ${length} characters, more than the limit of 255`;
    const parsed = parse(`${filePart('n'.repeat(length), 'bytes')}--x--\r\n`);
    await expect(parsed).rejects.toMatchObject({ kind: 'bad-request', message });
  }
});

test('a form without a file has none, and a file without a name has none', async () => {
  expect(await parse(`${fieldPart}--x--\r\n`)).toBeNull();
  expect(await parse(`${filePart('', 'bytes')}--x--\r\n`)).toMatchObject({ name: null });
});

test.each([
  ['cut off in a header', '--x\r\nContent-Dis', contentType],
  ['cut off in a file', filePart('a.png', 'half').slice(0, -3), contentType],
  ['cut off in a large file', filePart('a.png', 'x'.repeat(200_000)).slice(0, -3), contentType],
  ['without its boundary', filePart('a.png', 'whole'), 'multipart/form-data'],
  ['with another boundary', `${filePart('a.png', 'whole')}--x--\r\n`, 'multipart/form-data; boundary=y'],
  ['empty', '', contentType],
])('a form %s is malformed', async (_name, text, type) => {
  await expect(parse(text, type)).rejects.toMatchObject({ kind: 'bad-request', message: /not a complete/ });
});

test('a form with too many parts is refused early', async () => {
  const form = `${fieldPart.repeat(200_000)}${filePart('a.png', 'late')}--x--\r\n`;
  await expect(parse(form)).rejects.toMatchObject({ kind: 'bad-request', message: /more than 20 parts/ });
});
