import { expect, test } from 'vitest';
import { countShapes, dropFile, expectEqual, setThreshold, untilFound } from '../web-page.ts';
import type { ServedPage } from './served-page.ts';

/** The instances of a picture, drawn and listed. */
export function testInstances(served: () => ServedPage): void {
  test('finds the same instances in a dropped picture as Node', async () => {
    const { page, png, truth } = served();
    await dropFile(page, { name: 'cells.png', type: 'image/png', bytes: png });
    expect(await untilFound(page)).toContain('on the server');
    expect(truth.instances.length).toBeGreaterThan(5);
    expect(await countShapes(page)).toBe(truth.instances.filter(({ score }) => score >= 0.5).length);
    await expectEqual(page, truth);
  });

  test('applies another threshold at once, without another request', async () => {
    const { opened, page, truth } = served();
    const asked = opened.requests.length;
    for (const threshold of [0.9, 0.3, 0.06]) {
      await setThreshold(page, threshold);
      expect(await countShapes(page)).toBe(truth.instances.filter(({ score }) => score >= threshold).length);
    }
    expect(opened.requests.length).toBe(asked);
    await setThreshold(page, 0.5);
  });

  test('says what the model is, and, where nothing is found, which classes it finds', async () => {
    const { page } = served();
    const card = page.locator('.model-card');
    expect(await card.textContent()).toContain('Cell nuclei in microscope pictures');
    expect(await card.textContent()).toContain('Finds 1 class');
    const unknown = page.getByText('This model finds only: nucleus.');
    expect(await unknown.count()).toBe(0);
    await setThreshold(page, 1);
    await unknown.waitFor();
    await page.getByText('mask-rcnn serve --model maskrcnn_resnet50_fpn_v2_coco').waitFor();
    if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT });
    await setThreshold(page, 0.5);
  });

  test('isolates the hovered instance, on the picture and in the list', async () => {
    const { page, truth } = served();
    const best = truth.instances[0];
    const frame = (await page.locator('.overlay').boundingBox())!;
    const scale = frame.width / truth.width;
    const middle = { x: (best.box[0] + best.box[2]) / 2, y: (best.box[1] + best.box[3]) / 2 };
    await page.mouse.move(frame.x + middle.x * scale, frame.y + middle.y * scale);
    expect(await page.getAttribute('.shape-active', 'data-index')).toBe('0');
    const opacity = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((shape) => Number(getComputedStyle(shape).fillOpacity));
    expect(await opacity('.shape:not(.shape-active)')).toBe(0);
    expect(await page.locator('.veil').count()).toBe(1);
    expect(await page.locator('.label').count()).toBe(1);

    await page.locator('.instance').nth(2).hover();
    expect(await page.getAttribute('.shape-active', 'data-index')).toBe('2');
    await page.mouse.move(0, 0);
    expect(await page.locator('.shape-active').count()).toBe(0);
    expect(await opacity('.shape')).toBeGreaterThan(0.2);
  });

  test('keeps a clicked instance isolated until it is clicked again', async () => {
    const { page } = served();
    await page.locator('.instance').nth(1).click();
    await page.mouse.move(0, 0);
    expect(await page.getAttribute('.shape-active', 'data-index')).toBe('1');
    await page.locator('.instance').nth(1).click();
    await page.mouse.move(0, 0);
    expect(await page.locator('.shape-active').count()).toBe(0);
  });

  test('draws labels and boxes as selected', async () => {
    const { page } = served();
    const shown = await countShapes(page);
    expect(await page.locator('.label').count()).toBeGreaterThan(0);
    expect(await page.locator('.box').count()).toBe(0);
    await page.getByLabel('Boxes').check();
    await page.getByLabel('Labels').uncheck();
    expect(await page.locator('.box').count()).toBe(shown);
    expect(await page.locator('.label').count()).toBe(0);
  });
}
