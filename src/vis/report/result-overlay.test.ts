import { describe, expect, it } from 'vitest';
import type { Explanation } from '../../explanation/explanation.ts';
import type { PlainRle } from '../../explanation/plain.ts';
import { resultOverlay } from './result-overlay.ts';
import { translator } from './text.ts';

const side = 150;
const picture = { width: side, height: side, data: new Uint8Array(side * side * 3).fill(90) };

/** What the overlay needs of an explanation: one instance over the whole picture. */
function contextWith(mask: PlainRle | null) {
  const whole = [0, 0, side, side] as const;
  const instance = { label: 1, score: 0.9, box: [...whole], originalBox: [...whole], mask };
  const explanation = {
    model: { classes: ['background', 'cell'] },
    picture: { width: side, height: side },
    input: { width: 2 * side, height: 2 * side, scale: [2, 2] },
    detections: { instances: [instance] },
  };
  return { explanation: explanation as unknown as Explanation, language: 'en' as const, t: translator('en') };
}

describe('resultOverlay', () => {
  it('draws lines, in pixels of the resized picture', async () => {
    const block = { size: [side, side], counts: [side * 20, side * 10, side * 120] } satisfies PlainRle;
    const overlay = await resultOverlay(contextWith(block), picture);
    expect(overlay).toContain('<path');
    expect(overlay).not.toContain('<image');
    expect(overlay).toMatch(/<rect x="0[.\d]*"[^>]*width="29\d/);
  });

  it('draws pixels if the paths would take megabytes', async () => {
    // Alternate pixels of an even column, none of an odd one: as many outlines as there can be.
    const counts: number[] = [0];
    for (let column = 0; column < side; column += 2) {
      for (let row = 0; row < side / 2; row++) counts.push(1, 1);
      counts[counts.length - 1] += side;
    }
    const overlay = await resultOverlay(contextWith({ size: [side, side], counts }), picture);
    expect(overlay).toMatch(/^<image href="data:image\/jpeg;base64,[^"]+" width="300" height="300"/);
    expect(overlay.length).toBeLessThan(1_000_000);
  });
});
