import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { repeatLastScan } from '../../test/support/scan-bomb.ts';
import { InputError, messageOf, UsageError } from '../core/errors.ts';
import { decodePicture, pictureSize } from './decode.ts';

interface GoldenPicture {
  name: string;
  file: string;
  width: number;
  height: number;
  rgb: string;
  tolerance: number;
}

const golden = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../test/golden/image/${name}`, import.meta.url), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'mask-rcnn-decode-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A noisy picture, so that every format needs some kilobytes for it. */
function noise(width: number, height: number) {
  const data = new Uint8Array(width * height * 3).map((_, i) => Math.imul(i, 2654435761) >>> 24);
  return sharp(data, { raw: { width, height, channels: 3 } });
}

describe('decodes what Pillow decodes', () => {
  const { pictures } = golden<{ pictures: GoldenPicture[] }>('pictures.json');

  test.each(pictures)('$name', async ({ name, file: encoded, width, height, rgb, tolerance }) => {
    const bytes = Buffer.from(encoded, 'base64');
    const choice = name === 'TIFF, two pages' ? { page: 1 } : {};
    const picture = await decodePicture(bytes, choice);
    const wanted = Buffer.from(rgb, 'base64');

    expect(picture).toMatchObject({ width, height });
    expect(picture.data).toHaveLength(wanted.length);
    const worst = picture.data.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i])), 0);
    expect(worst).toBeLessThanOrEqual(tolerance);
    expect(await pictureSize(bytes, choice)).toEqual({ width, height });
  });
});

const data = new URL('../../../shared/data/', import.meta.url);
describe.skipIf(!existsSync(data))('the data pictures (skipped where ../shared/data does not exist)', () => {
  const hashes = Object.entries(
    golden<{ sha256OfRgb: Record<string, string> }>('data-hashes.json').sha256OfRgb,
  );

  test.each(hashes)('%s has the very bytes that Pillow decodes', async (path, sha256) => {
    const picture = await decodePicture(new URL(path, data).pathname);
    expect(createHash('sha256').update(picture.data).digest('hex')).toBe(sha256);
  });
});

describe('formats and colours that Pillow does not settle', () => {
  test('16-bit RGB keeps the upper byte', async () => {
    const values = new Uint16Array([0, 255, 256, 4095, 32768, 65535]);
    const png = await sharp(values, { raw: { width: 2, height: 1, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    expect((await sharp(png).metadata()).depth).toBe('ushort');
    expect([...(await decodePicture(png)).data]).toEqual([0, 0, 1, 15, 128, 255]);
  });

  test('16-bit alpha is laid over white', async () => {
    const values = new Uint16Array([0, 0, 0, 0, 65535, 0, 0, 32768]);
    const png = await sharp(values, { raw: { width: 2, height: 1, channels: 4 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    const { data } = await decodePicture(png);
    expect([...data.subarray(0, 4)]).toEqual([255, 255, 255, 255]);
    expect(Math.abs(data[4] - 127)).toBeLessThanOrEqual(1);
    expect(Math.abs(data[5] - 127)).toBeLessThanOrEqual(1);
  });

  test('the profile of an RGB picture is ignored', async () => {
    const red = { create: { width: 1, height: 1, channels: 3, background: '#ff0000' } } as const;
    const png = await sharp(red).withIccProfile('p3').png().toBuffer();
    expect((await sharp(png).metadata()).hasProfile).toBe(true);
    // sRGB red written in Display P3 is (234, 51, 35).
    const { data } = await decodePicture(png);
    [234, 51, 35].forEach((value, i) => {
      expect(Math.abs(data[i] - value)).toBeLessThanOrEqual(1);
    });
  });

  test('the profile of a CMYK picture is used', async () => {
    const red = { create: { width: 8, height: 8, channels: 3, background: '#c03020' } } as const;
    const jpeg = await sharp(red)
      .toColourspace('cmyk')
      .withIccProfile('cmyk')
      .jpeg({ quality: 100 })
      .toBuffer();
    expect(await sharp(jpeg).metadata()).toMatchObject({ space: 'cmyk', hasProfile: true });
    const { data } = await decodePicture(jpeg);
    [0xc0, 0x30, 0x20].forEach((value, i) => {
      expect(Math.abs(data[i] - value)).toBeLessThanOrEqual(6);
    });
  });

  test('AVIF', async () => {
    const avif = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#2080c0' } })
      .avif({ quality: 90, effort: 0 })
      .toBuffer();
    const { width, height, data } = await decodePicture(avif);
    expect({ width, height }).toEqual({ width: 40, height: 30 });
    [0x20, 0x80, 0xc0].forEach((value, i) => {
      expect(Math.abs(data[i] - value)).toBeLessThanOrEqual(3);
    });
  });
});

/** The message of the InputError that both the decoder and, where it can tell, the size reader give. */
async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => expect.fail('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InputError);
  expect(messageOf(error)).not.toContain('\n');
  return messageOf(error);
}

describe('refuses with one line that names the file', () => {
  test.each<[string, () => string, string]>([
    ['a text', () => file('text.png', 'not a picture at all'), 'is not a picture (expected a complete JPEG'],
    ['an empty file', () => file('empty.jpg', ''), 'is an empty file'],
    ['a missing file', () => join(folder, 'missing.jpg'), 'no such file'],
    ['a folder', () => folder, 'is a folder'],
    [
      'a drawing',
      () => file('drawing.png', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'svg',
    ],
  ])('%s', async (_, make, problem) => {
    const path = make();
    for (const read of [decodePicture, pictureSize]) {
      const message = await refusal(read(path));
      expect(message.startsWith(`${path}: `)).toBe(true);
      expect(message).toContain(problem);
    }
  });

  test('formats that libvips does not read, with the remedy', async () => {
    const starts: [string, string][] = [
      ['BM\x36', 'is a BMP picture, which cannot be read; convert it to PNG or TIFF'],
      [
        '\0\0\0\x18ftypheic',
        'is a HEIC picture, which cannot be read; convert it to JPEG, for example with `sips',
      ],
      ['ZISRAWFILE', 'is a Zeiss CZI file, which cannot be read; export it as OME-TIFF'],
      ['<!DOCTYPE html>', 'is an HTML page, which cannot be read'],
    ];
    for (const [start, problem] of starts) {
      const file = Buffer.from(start.padEnd(200, '\0'), 'latin1');
      expect(await refusal(decodePicture(file, { name: 'a' }))).toContain(`a: ${problem}`);
    }
  });

  test.each(['jpeg', 'png', 'webp', 'tiff', 'avif', 'gif'] as const)(
    'a %s cut off anywhere',
    async (format) => {
      const whole = await noise(64, 48).toFormat(format).toBuffer();
      for (const part of [0.1, 0.5, 0.9]) {
        const path = file(`cut-${part}.${format}`, whole.subarray(0, Math.floor(whole.length * part)));
        const message = await refusal(decodePicture(path));
        expect(message).toMatch(/: is (damaged|not a picture) \(/);
        expect(message.startsWith(path)).toBe(true);
      }
    },
  );

  test('a picture of more pixels than allowed, before it is decompressed', async () => {
    const path = file('large.png', await noise(50, 40).png().toBuffer());
    expect(await refusal(decodePicture(path, { maxPixels: 1999 }))).toBe(
      `${path}: has 50×40 pixels, more than the limit of 1999 (option maxPixels); such pictures can be predicted by tiles (option tile)`,
    );
    expect(await decodePicture(path, { maxPixels: 2000 })).toMatchObject({ width: 50, height: 40 });
    expect(await decodePicture(path, { maxPixels: Number.POSITIVE_INFINITY })).toMatchObject({ width: 50 });
    expect(await pictureSize(path)).toEqual({ width: 50, height: 40 });
  });

  test.each([Number.NaN, 0, -1, 'a', '2000'])('%s is no limit of pixels', async (maxPixels) => {
    const limited = decodePicture(file('limited.png', await noise(5, 4).png().toBuffer()), {
      maxPixels: maxPixels as number,
    });
    await expect(limited).rejects.toThrow(
      new UsageError(`decodePicture: maxPixels should be a number of at least 1, got ${maxPixels}`),
    );
  });

  test('a JPEG with more scans than any encoder writes', async () => {
    const jpeg = await noise(50, 40).jpeg({ progressive: true }).toBuffer();
    expect(await decodePicture(jpeg)).toMatchObject({ width: 50, height: 40 });
    const bomb = repeatLastScan(jpeg, 200);
    const path = file('bomb.jpg', bomb);
    const message = 'has more than 100 scans, which would take too long to decode';
    expect(await refusal(decodePicture(path))).toBe(`${path}: ${message}`);
    expect(await refusal(decodePicture(bomb))).toBe(`picture in memory: ${message}`);
  });

  test('a picture with a side that no format of photographs allows', async () => {
    const tall = sharp({ create: { width: 1, height: 70_000, channels: 3, background: 'red' } });
    const path = file('tall.png', await tall.png().toBuffer());
    expect(await refusal(decodePicture(path))).toBe(`${path}: has 1×70000 pixels, more than 65536 per side`);
  });

  test('bytes, by the name that the caller gives', async () => {
    expect(await refusal(decodePicture(new Uint8Array(0)))).toMatch(/^picture in memory: is empty/);
    expect(await refusal(decodePicture(new Uint8Array(9), { name: 'upload.png' }))).toMatch(/^upload\.png: /);
  });
});

test('a path is read again each time, with or without brackets in its name', async () => {
  const path = file('cell [1].png', await noise(5, 4).png().toBuffer());
  expect(await decodePicture(path)).toMatchObject({ width: 5, height: 4 });
  writeFileSync(path, await noise(7, 3).png().toBuffer());
  expect(await decodePicture(path)).toMatchObject({ width: 7, height: 3 });
  expect(await pictureSize(file('x[page=2].png', await noise(2, 2).png().toBuffer()))).toEqual({
    width: 2,
    height: 2,
  });
});
