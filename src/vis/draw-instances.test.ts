import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../core/errors.ts';
import type { Picture } from '../image/picture.ts';
import { encodeBitmap } from '../ops/rle/bitmap.ts';
import { type DrawOptions, drawInstances, drawInstancesSvg } from './draw-instances.ts';
import type { Drawable } from './drawable.ts';

const grey: Picture = { width: 1200, height: 900, data: new Uint8Array(1200 * 900 * 3).fill(120) };

function instance(box: [number, number, number, number], name = 'zebra', picture = grey): Drawable {
  const [x1, y1, x2, y2] = box;
  const bitmap = new Uint8Array((y2 - y1) * (x2 - x1)).fill(1);
  const mask = encodeBitmap(bitmap, [y2 - y1, x2 - x1], {
    size: [picture.height, picture.width],
    left: x1,
    top: y1,
  });
  return { box, score: 0.87, category: { name }, mask };
}

async function render(picture: Picture, instances: Drawable[], options: DrawOptions = {}) {
  const png = await drawInstances(picture, instances, options);
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [
    ...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3),
  ];
  return { info, at };
}

describe('drawInstances', () => {
  test('tints the masks and leaves other pixels unchanged', async () => {
    const { info, at } = await render(grey, [instance([200, 300, 500, 600])], { labels: 'none' });
    expect(info).toMatchObject({ width: 1200, height: 900, channels: 3 });
    const tinted = at(350, 450);
    expect(Math.max(...tinted) - Math.min(...tinted)).toBeGreaterThan(20);
    expect(at(210, 590)).toEqual(tinted);
    for (const [x, y] of [
      [190, 450],
      [350, 290],
      [510, 450],
      [350, 610],
      [0, 0],
      [1199, 899],
    ]) {
      expect(at(x, y), `${x}, ${y}`).toEqual([120, 120, 120]);
    }
    // The outline is the pure colour: farther from grey than the tint.
    expect(Math.abs(at(200, 450)[0] - 120)).toBeGreaterThan(Math.abs(tinted[0] - 120));
  });

  test('mask opacity 0 leaves the surface, 1 covers it', async () => {
    const box = instance([200, 300, 500, 600]);
    expect((await render(grey, [box], { labels: 'none', maskOpacity: 0 })).at(350, 450)).toEqual([
      120, 120, 120,
    ]);
    const dark: Picture = { ...grey, data: new Uint8Array(grey.data.length) };
    const [on, over] = await Promise.all(
      [grey, dark].map((picture) => render(picture, [box], { labels: 'none', maskOpacity: 1 })),
    );
    expect(on.at(350, 450)).toEqual(over.at(350, 450));
  });

  test('the label is black on the instance’s colour', async () => {
    const { at } = await render(grey, [instance([200, 300, 500, 600])]);
    const above = Array.from({ length: 30 * 100 }, (_, i) => at(203 + (i % 100), 275 + Math.floor(i / 100)));
    expect(above.some((rgb) => Math.max(...rgb) < 40)).toBe(true);
    expect(above.filter((rgb) => Math.max(...rgb) > 150).length).toBeGreaterThan(1000);
  });

  test('pictures keep their size; `auto` enlarges small ones', async () => {
    const small: Picture = { width: 100, height: 60, data: new Uint8Array(100 * 60 * 3).fill(30) };
    const one = instance([20, 10, 60, 40], 'nucleus', small);
    expect((await render(small, [one], { scale: 'auto' })).info).toMatchObject({ width: 400, height: 240 });
    const { info, at } = await render(small, [one], { labels: 'none' });
    expect(info).toMatchObject({ width: 100, height: 60 });
    expect(at(80, 50)).toEqual([30, 30, 30]);
    expect(at(40, 25)).not.toEqual([30, 30, 30]);
  });

  test('raw pixels are converted, grey and with transparency', async () => {
    const raw = { width: 40, height: 30 };
    const grey = { ...raw, data: new Uint8Array(1200).fill(90), channels: 1 } as const;
    const clear = { ...raw, data: new Uint8Array(4800), channels: 4 } as const;
    const drawn = await sharp(await drawInstances(grey, []))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(drawn.info).toMatchObject({ width: 40, height: 30, channels: 3 });
    expect(new Set(drawn.data)).toEqual(new Set([90]));
    const svg = Buffer.from(await drawInstancesSvg(clear, []));
    expect(new Set(await sharp(svg).removeAlpha().raw().toBuffer())).toEqual(new Set([255]));
  });

  test.each([
    ['a path', 'cells.png', 'String'],
    ['a file', new Blob([]), 'Blob'],
    ['the bytes of a file', Uint8Array.of(1), 'Uint8Array'],
    ['nothing', undefined, 'Undefined'],
  ])('refuses %s as picture', async (_, picture, kind) => {
    await expect(drawInstances(picture as unknown as Picture, [])).rejects.toThrow(
      new UsageError(`picture: expected a decoded one, as of decodePicture, or raw pixels, got ${kind}`),
    );
  });

  test('no instances: the picture itself', async () => {
    const { at } = await render(grey, []);
    expect(at(600, 450)).toEqual([120, 120, 120]);
  });

  test('draws boxes alone, boxes beyond the edge, and one pixel', async () => {
    const dot: Picture = { width: 1, height: 1, data: new Uint8Array(3) };
    const boxOnly: Drawable = { box: [-5, -5, 1300, 1000], category: { name: 'everything' }, mask: null };
    expect((await render(grey, [boxOnly])).info.width).toBe(1200);
    expect((await render(dot, [{ ...boxOnly, box: [0, 0, 1, 1] }], { scale: 'auto' })).info.width).toBe(4);
  });

  test.each<[string, Drawable, DrawOptions, string]>([
    [
      'a mask of another picture',
      { ...instance([1, 1, 5, 5]), mask: { size: [10, 20], counts: Uint32Array.of(200) } },
      {},
      'instance 0: the mask is 20×10, the picture 1200×900',
    ],
    [
      'a box that is not finite',
      { ...instance([1, 1, 5, 5]), box: [0, Number.NaN, 1, 1] },
      {},
      'instance 0: the box',
    ],
    [
      'half a pixel',
      instance([1, 1, 5, 5]),
      { scale: 0.5 },
      'scale must be auto or a whole number of at least 1, got 0.5',
    ],
    [
      'a drawing beyond the limits',
      instance([1, 1, 5, 5]),
      { scale: 100 },
      'scale 100: the drawing has 120000×90000 pixels, more than the limits of 65536 per side and 536870912 in all',
    ],
    ['too much opacity', instance([1, 1, 5, 5]), { maskOpacity: 2 }, 'maskOpacity must be in 0…1, got 2'],
    [
      'other labels',
      instance([1, 1, 5, 5]),
      { labels: 'x' as 'all' },
      'labels must be auto, all or none, got x',
    ],
  ])('refuses %s', async (_, drawable, options, message) => {
    await expect(drawInstances(grey, [drawable], options)).rejects.toThrow(message);
  });
});

describe('drawInstancesSvg', () => {
  test('needs no fonts and carries no text of the caller', async () => {
    const svg = await drawInstancesSvg(grey, [instance([200, 300, 500, 600], '<script>&"')]);
    expect(svg).not.toMatch(/<text|font-family|<script/);
    expect(svg).toMatch(/^<svg [^>]*width="1200" height="900"/);
    expect(await sharp(Buffer.from(svg)).metadata()).toMatchObject({
      format: 'svg',
      width: 1200,
      height: 900,
    });
  });

  test('shows what the PNG shows', async () => {
    const instances = [instance([200, 300, 500, 600]), instance([400, 500, 800, 700])];
    const png = await sharp(await drawInstances(grey, instances))
      .raw()
      .toBuffer();
    const svg = Buffer.from(await drawInstancesSvg(grey, instances));
    const drawn = await sharp(svg).removeAlpha().raw().toBuffer();
    const differing = png.reduce((count, value, i) => count + (Math.abs(value - drawn[i]) > 3 ? 1 : 0), 0);
    expect(differing / png.length).toBeLessThan(0.001);
  });
});
