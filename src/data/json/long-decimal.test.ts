import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { longDecimal } from './long-decimal.ts';

/** Of text with 16 to 19 digits from the first that is not 0. */
function read(text: string): number {
  const digits = text.replace('.', '').replace(/^0+/, '');
  const fraction = text.length - text.indexOf('.') - 1;
  return longDecimal(Number(digits.slice(0, 15)), Number(digits.slice(15)), digits.length - 15, fraction);
}

describe('decimals of more than 15 digits', () => {
  it('are rounded as by Number', () => {
    const random = seededRandom(4);
    for (let i = 0; i < 20_000; i++) {
      let text = String(1 + random.integer(9));
      while (text.length < 16 + random.integer(4)) text += random.integer(10);
      const dot = random.integer(12);
      const decimal = dot === 0 ? `0.${text}` : `${text.slice(0, dot)}.${text.slice(dot)}`;
      expect(read(decimal), decimal).toBe(Number(decimal));
    }
  });

  it('are undecided in the middle of two doubles, and nowhere near it', () => {
    expect(read('4503599627370497.5')).toBeNaN();
    expect(read('4503599627370497.501')).toBe(4503599627370498);
    expect(read('4503599627370497.499')).toBe(4503599627370497);
    expect(read('0.00012345678901234567')).toBe(0.00012345678901234567);
  });
});
