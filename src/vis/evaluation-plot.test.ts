import sharp from 'sharp';
import { expect, it } from 'vitest';
import { evaluationPlot, renderPlot } from './evaluation-plot.ts';

const plot = {
  title: 'bbox: AP 0.500',
  recalls: [0, 0.5, 1],
  curves: [{ label: 'IoU 0.50', precision: [1, 0.5, 0] }],
  bars: [
    { label: 'cat', value: 0.25, marker: 0.5 },
    { label: 'dog', value: 0.75, marker: 1 },
  ],
};

it('draws the curve through its points and the bars to scale, best first', () => {
  const svg = evaluationPlot(plot);
  expect(svg).toContain('d="M70.0 70.0L300.0 300.0L530.0 530.0"');
  const lengths = [...svg.matchAll(/width="([\d.]+)" height="14" fill="rgb/g)].map(([, length]) =>
    Number(length),
  );
  expect(lengths).toEqual([150, 50]);
  expect(svg).not.toContain('<text');
});

it('renders without installed fonts', async () => {
  const { width, height, format } = await sharp(await renderPlot(evaluationPlot(plot))).metadata();
  expect(format).toBe('png');
  expect(width).toBeGreaterThan(1000);
  expect(height).toBeGreaterThan(1000);
});

it('draws a plot without classes', () => {
  expect(evaluationPlot({ ...plot, bars: [] })).toMatch(/<\/svg>\n$/);
});
