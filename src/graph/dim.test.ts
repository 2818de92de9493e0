import { describe, expect, it } from 'vitest';
import {
  addDims,
  extentsOf,
  floorDivideDim,
  multiplyDims,
  printDim,
  sameDim,
  scaleDim,
  solveShape,
  symbol,
} from './dim.ts';

describe('extents', () => {
  const height = symbol('h', 32);

  it('halve exactly if the stride divides the multiple', () => {
    // The 7×7 convolution of stride 2 and padding 3: ⌊(32h + 6 − 7) / 2⌋ + 1.
    const out = addDims(floorDivideDim(addDims(height, 6 - 7), 2), 1);
    expect(printDim(out)).toBe('16*h');
  });

  it('become a new symbol if it does not', () => {
    expect(printDim(floorDivideDim(symbol('h'), 2))).toBe('floor((h)/2)');
  });

  it('add up and cancel', () => {
    const sum = addDims(addDims(symbol('n2'), symbol('n1')), 3);
    expect(printDim(sum)).toBe('n1+n2+3');
    expect(addDims(sum, scaleDim(sum, -1))).toBe(0);
  });

  it('are equal when their forms are, whatever the order', () => {
    expect(sameDim(addDims(symbol('a'), symbol('b')), addDims(symbol('b'), symbol('a')))).toBe(true);
    expect(sameDim(multiplyDims(symbol('a'), symbol('b')), multiplyDims(symbol('b'), symbol('a')))).toBe(
      true,
    );
    expect(sameDim(symbol('a'), symbol('a', 2))).toBe(false);
  });

  it('have products that do not depend on the order', () => {
    const [n, h, w] = [symbol('n'), symbol('h', 16), symbol('w', 8)];
    const product = multiplyDims(multiplyDims(multiplyDims(4, n), h), w);
    expect(printDim(product)).toBe('512*(h)*(n)*(w)');
    expect(sameDim(product, multiplyDims(multiplyDims(w, multiplyDims(h, n)), 4))).toBe(true);
    expect(printDim(floorDivideDim(product, 512))).toBe('(h)*(n)*(w)');
    const sum = addDims(addDims(h, w), 8);
    expect(printDim(multiplyDims(sum, n))).toBe('8*(2*h+w+1)*(n)');
  });

  it('get numbers from the extents of another shape', () => {
    const symbols = solveShape([1, 3, symbol('h', 32), addDims(symbol('w', 32), 4)], [1, 3, 800, 1092]);
    expect(extentsOf([1, symbol('h', 8), addDims(symbol('w', 2), 1), 256], symbols)).toEqual([
      1, 200, 69, 256,
    ]);
    expect(extentsOf([symbol('h'), symbol('n')], symbols)).toBeNull();
    const half = floorDivideDim(addDims(symbol('h'), -2), 2);
    const pixels = multiplyDims(multiplyDims(symbol('w', 2), half), 3);
    expect(extentsOf([half, pixels], symbols)).toEqual([11, 2 * 34 * 11 * 3]);
    expect(extentsOf([multiplyDims(half, symbol('n'))], symbols)).toBeNull();
    expect(solveShape([addDims(symbol('a'), symbol('b'))], [7]).size).toBe(0);
  });
});
