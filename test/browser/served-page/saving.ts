import sharp from 'sharp';
import { expect, test } from 'vitest';
import { save } from '../web-page.ts';
import type { ServedPage } from './served-page.ts';

/** What the page saves. */
export function testSaving(served: () => ServedPage): void {
  test('saves the visible instances for other tools', async () => {
    const { page, truth } = served();
    const shown = truth.instances.filter(({ score }) => score >= 0.5).length;
    const table = await save(page, 'CSV');
    expect(table.name).toBe('cells.masks.csv');
    const [header, ...rows] = table.bytes.toString().trimEnd().split('\r\n');
    expect(rows).toHaveLength(shown);
    expect(header).toContain(',intensity_max');
    expect(rows[0]).toMatch(/^cells\.png,1,nucleus,0\.\d+,px,\d+,.*\d$/);

    const labels = await save(page, 'Labels');
    const { width, height, depth } = await sharp(labels.bytes).metadata();
    expect([labels.name, width, height, depth]).toEqual(['cells.masks.labels.png', 160, 120, 'ushort']);

    const rois = await save(page, 'ImageJ');
    expect([rois.name, rois.bytes.toString('latin1', 0, 2)]).toEqual(['cells.masks.rois.zip', 'PK']);
    const outlines = await save(page, 'GeoJSON');
    expect(JSON.parse(outlines.bytes.toString()).features).toHaveLength(shown);
    const dataset = await save(page, 'COCO');
    expect(JSON.parse(dataset.bytes.toString()).annotations).toHaveLength(shown);
  });

  test('saves the visible instances: JSON, PNG, SVG', async () => {
    const { page, truth } = served();
    const shown = truth.instances.filter(({ score }) => score >= 0.5);
    const json = await save(page, 'JSON');
    expect(json.name).toBe('cells.masks.json');
    expect(JSON.parse(json.bytes.toString())).toHaveLength(shown.length);

    const drawing = await save(page, 'PNG');
    const { width, height, format } = await sharp(drawing.bytes).metadata();
    expect([drawing.name, format, width, height]).toEqual(['cells.masks.png', 'png', 640, 480]);

    const lines = await save(page, 'SVG');
    const text = lines.bytes.toString();
    expect(lines.name).toBe('cells.masks.svg');
    // A mask and a box for each, as both are drawn.
    expect(text.match(/<path /g)).toHaveLength(2 * shown.length);
    const [ours, theirs] = await Promise.all(
      [lines.bytes, drawing.bytes].map((bytes) =>
        sharp(bytes).resize(160, 120).removeAlpha().raw().toBuffer(),
      ),
    );
    const difference = ours.reduce((sum, value, i) => sum + Math.abs(value - theirs[i]), 0) / ours.length;
    expect(difference).toBeLessThan(6);
  });
}
