import { describe, expect, test } from 'vitest';
import { seededRandom } from '../src/core/random.ts';
import { solidPixels } from './solid.ts';
import { resolveVisibility } from './visibility.ts';
import type { Layer } from './warp.ts';

const size = { width: 20, height: 20 };

function square(left: number, top: number, side: number, alpha = 255): Layer {
  const data = new Uint8Array(side * side * 4).fill(alpha);
  return { left, top, width: side, height: side, data };
}

describe('resolveVisibility', () => {
  test('a nearer layer hides the pixels of a farther one', () => {
    const { visible, owner } = resolveVisibility([square(0, 0, 10), square(5, 0, 10)], size, {
      area: 1,
      fraction: 0.1,
    });
    expect(visible).toEqual([
      { index: 0, area: 50, fraction: 0.5 },
      { index: 1, area: 100, fraction: 1 },
    ]);
    expect([owner[4], owner[5], owner[15]]).toEqual([0, 1, -1]);
  });

  test('the part outside the picture counts as hidden', () => {
    const { visible } = resolveVisibility([square(-5, 15, 10)], size, { area: 1, fraction: 0.1 });
    expect(visible).toEqual([{ index: 0, area: 25, fraction: 0.25 }]);
  });

  test('half opaque is not solid, a little more is', () => {
    const least = { area: 1, fraction: 0.1 };
    expect(resolveVisibility([square(0, 0, 4, 127)], size, least).visible).toEqual([]);
    expect(resolveVisibility([square(0, 0, 4, 128)], size, least).visible).toHaveLength(1);
  });

  test('a layer that is taken out hides nothing', () => {
    // The nearest leaves a fifth of the middle one, which would have hidden all of the farthest.
    const layers = [square(0, 0, 10), square(0, 0, 10), { ...square(2, 0, 10) }];
    const { visible } = resolveVisibility(layers, size, { area: 1, fraction: 0.2 });
    expect(visible.map(({ index }) => index)).toEqual([1, 2]);
    const strict = resolveVisibility(layers, size, { area: 21, fraction: 0 });
    expect(strict.visible.map(({ index }) => index)).toEqual([2]);
  });

  test('among the layers that stay, each pixel belongs to the nearest solid one', () => {
    const random = seededRandom(5);
    const layers = Array.from({ length: 9 }, () => {
      const layer = square(random.integer(24) - 4, random.integer(24) - 4, 3 + random.integer(8));
      for (let at = 3; at < layer.data.length; at += 4) layer.data[at] = random.integer(256);
      return layer;
    });
    const { visible, owner } = resolveVisibility(layers, size, { area: 4, fraction: 0.3 });
    expect(visible.length).toBeGreaterThan(2);
    const solid = layers.map(solidPixels);
    for (let y = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++) {
        const nearest = visible.findLast(({ index }) => {
          const { left, top, width, height } = layers[index];
          const [u, v] = [x - left, y - top];
          return u >= 0 && v >= 0 && u < width && v < height && solid[index][v * width + u] === 1;
        });
        expect(owner[y * size.width + x]).toBe(nearest?.index ?? -1);
      }
    }
  });
});
