import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../core/errors.ts';
import type { PictureSource } from '../../image/picture-source.ts';
import { decode } from './decode-source.ts';

const pixels = { width: 2, height: 1, data: new Uint8ClampedArray([255, 0, 0, 255, 0, 0, 255, 255]) };
const expected = { width: 2, height: 1, data: Uint8Array.from([255, 0, 0, 0, 0, 255]) };

async function png(): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, data } = pixels;
  return new Uint8Array(
    await sharp(data, { raw: { width, height, channels: 4 } })
      .png()
      .toBuffer(),
  );
}

describe('pictures in Node', () => {
  it('are decoded from bytes, files and pixels as browsers give them', async () => {
    const bytes = await png();
    const sources: PictureSource[] = [
      bytes,
      new Blob([bytes]),
      new File([bytes], 'a.png'),
      { ...pixels, channels: 4 },
      expected,
      { ...pixels, colorSpace: 'srgb' } as ImageData,
    ];
    for (const source of sources) expect(await decode(source)).toEqual(expected);
  });

  it('keep the deep pixels of what decodePicture gave, and are checked', async () => {
    const deep = new Uint16Array(6);
    expect(await decode({ ...expected, deep })).toEqual({ ...expected, deep });
    await expect(decode({ ...expected, width: 3 })).rejects.toThrow(/^raw picture: /);
  });

  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [3, '3'],
    [new URL('file:///a.png'), 'URL'],
    [{ file: undefined }, 'undefined'],
    [{ file: new Blob([]) }, 'Blob'],
  ])('are not %s', async (source, got) => {
    const refused = decode(source as never);
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(
      new RegExp(`^(in Node a picture|a picture file) is a path, .*; got ${got}$`),
    );
  });

  it('are not without a name', async () => {
    for (const source of ['', { file: '' }]) await expect(decode(source)).rejects.toThrow('"": no such file');
  });

  it('are called by the name of their file', async () => {
    const file = new File(['no picture'], 'notes.txt');
    await expect(decode(file)).rejects.toThrow(/^notes\.txt: is not a picture/);
  });

  it('are refused where only a browser can read them', async () => {
    const canvas = { width: 2, height: 1 } as HTMLCanvasElement;
    await expect(decode(canvas)).rejects.toThrow(/^in Node a picture is a path, the bytes of a file/);
  });
});
