import { expect, it } from 'vitest';
import { LocalContrast } from './local-contrast.ts';
import type { Picture } from './picture.ts';
import { regionsOf } from './picture-regions.ts';
import { cropPicture } from './region.ts';
import { stretchContrast } from './stretch.ts';

function picture(width: number, height: number, value: (x: number, y: number) => number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / 3);
    data[i] = value(pixel % width, Math.floor(pixel / width));
  }
  return { width, height, data };
}

const quantiles = [0.01, 0.99] as const;

it('is the stretch of the whole picture where the picture is one block', async () => {
  const whole = picture(40, 30, (x, y) => 50 + x + y);
  const contrast = await LocalContrast.measure(regionsOf(whole), 64, quantiles);
  const region = { left: 0, top: 0, width: 40, height: 30 };
  expect(contrast.stretch(whole, region)).toEqual(stretchContrast(whole, quantiles));
});

it('stretches a dim half as far as a bright one, and every region as the whole', async () => {
  const whole = picture(128, 64, (x, y) => ((x + y) % 2) * (x < 64 ? 40 : 240));
  const contrast = await LocalContrast.measure(regionsOf(whole), 32, quantiles);
  const all = contrast.stretch(whole, { left: 0, top: 0, width: 128, height: 64 });
  const brightest = (left: number) => {
    return Math.max(...cropPicture(all, { left, top: 0, width: 32, height: 64 }).data);
  };
  expect([brightest(0), brightest(96)]).toEqual([255, 255]);
  const region = { left: 30, top: 10, width: 50, height: 20 };
  expect(contrast.stretch(cropPicture(whole, region), region)).toEqual(cropPicture(all, region));
});

it('does not turn the noise of an empty part into structure', async () => {
  const whole = picture(128, 64, (x, y) => (x < 64 ? 10 + ((x + y) % 2) : ((x + y) % 2) * 250));
  const contrast = await LocalContrast.measure(regionsOf(whole), 32, quantiles);
  const empty = contrast.stretch(cropPicture(whole, { left: 0, top: 0, width: 32, height: 64 }), {
    left: 0,
    top: 0,
    width: 32,
    height: 64,
  });
  expect(Math.max(...empty.data)).toBeLessThan(30);
});
