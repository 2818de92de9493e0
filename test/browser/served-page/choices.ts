import sharp from 'sharp';
import { expect, test } from 'vitest';
import { countShapes, dropFile, lowestScore, setThreshold, untilFound } from '../web-page.ts';
import type { ServedPage } from './served-page.ts';

/** The keyboard, the classes and the options of prediction. */
export function testChoices(served: () => ServedPage): void {
  test('can be used by keyboard alone', async () => {
    const { page, png } = served();
    const focused = () =>
      page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent);
    await setThreshold(page, 0.5);
    // Requested well ahead, since the browser must intercept file choosers before the key press.
    const chooser = page.waitForEvent('filechooser');
    await page.locator('#tab-segment').focus();
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('tab-stages');
    await page.keyboard.press('Home');
    // The switches of language and colours, then the view.
    for (let i = 0; i < 3; i++) await page.keyboard.press('Tab');
    expect(await focused()).toBe('Open pictures');
    await page.keyboard.press('Enter');
    await (await chooser).setFiles({ name: 'again.png', mimeType: 'image/png', buffer: png });
    await page.waitForSelector('img[alt="again.png"]');
    await untilFound(page);

    // In the margin: tabbing scrolls the page, which must not bring an instance under the pointer.
    await page.mouse.move(1199, 400);
    const reached: (string | null | undefined)[] = [];
    for (let i = 0; i < 24 && !(await page.locator('.instances:focus').count()); i++) {
      await page.keyboard.press('Tab');
      reached.push(await focused());
      if (reached.at(-1) === 'threshold') {
        const before = await countShapes(page);
        await page.keyboard.press('End');
        expect(await countShapes(page)).toBeLessThan(before);
        for (let step = 0; step < 50; step++) await page.keyboard.press('ArrowLeft');
        expect(await countShapes(page)).toBe(before);
      }
    }
    expect(reached).toContain('threshold');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await page.getAttribute('.shape-active', 'data-index')).toBe('1');
    expect(await page.getAttribute('.instances', 'aria-activedescendant')).toBe('instance-1');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowUp');
    expect(await page.getAttribute('.shape-active', 'data-index')).toBe('0');
    await page.keyboard.press('Escape');
    expect(await page.locator('.shape-active').count()).toBe(0);
  });

  test('shows only the chosen classes', async () => {
    const { page } = served();
    await page.selectOption('#model', { label: 'many-classes' });
    await dropFile(page, { name: 'noise.png', type: 'image/png', bytes: await noise() });
    await untilFound(page);
    await setThreshold(page, lowestScore);
    await page.waitForSelector('.chip >> nth=1', { timeout: 60_000 });
    const all = await countShapes(page);
    const chip = page.locator('.chip').first();
    const count = Number(await chip.locator('.chip-count').innerText());
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(all);
    await chip.click();
    expect(await chip.getAttribute('aria-pressed')).toBe('false');
    expect(await countShapes(page)).toBe(all - count);
    await chip.click();
    expect(await countShapes(page)).toBe(all);

    await page.locator('.chip-only').first().click();
    expect(await countShapes(page)).toBe(count);
    expect(await page.locator('.chip[aria-pressed="true"]').count()).toBe(1);
    await page.getByRole('button', { name: 'Show all' }).click();
    expect(await countShapes(page)).toBe(all);
    // Classes without an instance above the threshold are folded away.
    const classes = await page.locator('.chip').count();
    await setThreshold(page, 1);
    expect(await page.locator('.chip').count()).toBe(0);
    await page.getByRole('button', { name: `+${classes} below 1.00` }).click();
    expect(await page.locator('.chip').count()).toBe(classes);
    await setThreshold(page, lowestScore);
  });

  test('predicts again with other options', async () => {
    const { page } = served();
    await page.click('summary:has-text("More options")');
    await page.fill('#most', '2');
    await page.locator('.option-class-list input').first().check();
    const asked = page.waitForRequest(/v1\/predict/);
    await page.getByRole('button', { name: 'Apply' }).click();
    expect((await asked).url()).toMatch(/classes=[^&,]+&maxDetections=2$/);
    await page.waitForSelector('.status-text:has-text("left out by the maximum number")');
    expect(await countShapes(page)).toBe(2);
    expect(await page.locator('.chip').count()).toBe(1);
  });
}

/** In which the tiny model finds something of each of its classes. */
function noise(): Promise<Buffer> {
  const [width, height] = [160, 120];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * i * 31 + i * 7) % 251);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
