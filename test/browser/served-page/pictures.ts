import sharp from 'sharp';
import { expect, test } from 'vitest';
import { countShapes, drawPicture, openPage, untilFound } from '../web-page.ts';
import type { ServedPage } from './served-page.ts';

/** Where pictures come from, and what is done with them. */
export function testPictures(served: () => ServedPage): void {
  test('accepts a pasted picture, and refuses other files', async () => {
    const { page, png } = served();
    await page.selectOption('#model', { label: 'nuclei' });
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File(['words'], 'notes.txt', { type: 'text/plain' }));
      window.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data }));
    });
    expect(await page.innerText('[role="alert"]')).toBe('notes.txt is not a picture (text/plain)');
    await page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], 'pasted.png', { type: 'image/png' }));
      window.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data }));
    }, png.toString('base64'));
    await page.waitForSelector('img[alt="pasted.png"]');
    await untilFound(page);
    expect(await page.locator('[role="alert"]').count()).toBe(0);
  });

  test('uses the camera only on request, and turns it off afterwards', async () => {
    const { page } = served();
    await page.evaluate(() => {
      const canvas = document.createElement('canvas');
      canvas.width = 120;
      canvas.height = 80;
      const context = canvas.getContext('2d')!;
      const timer = setInterval(() => context.fillRect(0, 0, 120, 80), 30);
      navigator.mediaDevices.getUserMedia = async () => {
        const stream = canvas.captureStream();
        Object.assign(window, { stream, timer });
        return stream;
      };
    });
    expect(await page.evaluate(() => 'stream' in window)).toBe(false);
    await page.getByRole('button', { name: 'Camera' }).click();
    await page.getByRole('button', { name: 'Take the picture' }).click();
    await page.waitForSelector('img[alt="camera.jpg"]');
    await untilFound(page);
    const state = await page.evaluate(() => {
      const { stream, timer } = window as unknown as { stream: MediaStream; timer: number };
      clearInterval(timer);
      return stream.getTracks().map(({ readyState }) => readyState);
    });
    expect(state).toEqual(['ended']);
  });

  test('goes through several pictures by keyboard, and predicts each once', async () => {
    const { opened, page } = served();
    const [second, tenth] = await Promise.all([drawPicture(2), drawPicture(10)]);
    await page.setInputFiles('#picture-file', [
      { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('words') },
      { name: '10.png', mimeType: 'image/png', buffer: tenth },
      { name: '2.png', mimeType: 'image/png', buffer: second },
    ]);
    await page.waitForSelector('img[alt="2.png"]');
    expect(await page.innerText('[role="alert"]')).toBe('1 file that is not a picture was left out');
    expect(await page.innerText('.picture-at')).toBe('1 of 2');
    await untilFound(page);
    const first = await countShapes(page);
    await page.locator('#tab-segment').blur();
    await page.keyboard.press('ArrowRight');
    await page.waitForSelector('img[alt="10.png"]');
    expect(await page.innerText('.picture-at')).toBe('2 of 2');
    await untilFound(page);
    const asked = opened.requests.length;
    await page.getByRole('button', { name: 'Previous picture' }).click();
    await page.waitForSelector('img[alt="2.png"]');
    expect(await page.innerText('.status-text')).toContain('shown');
    expect(await countShapes(page)).toBe(first);
    expect(opened.requests.slice(asked).filter((request) => request.startsWith('POST'))).toEqual([]);
  });

  test('zooms into the picture, and shows the whole again', async () => {
    const { page } = served();
    const widths = () =>
      page.locator('.stage').evaluate((stage) => [stage.scrollWidth > stage.clientWidth, stage.clientHeight]);
    const [, height] = await widths();
    for (let i = 0; i < 3; i++) await page.getByRole('button', { name: 'Zoom in' }).click();
    expect(await widths()).toEqual([true, height]);
    await page.locator('.stage').focus();
    const left = () => page.locator('.stage').evaluate((stage) => stage.scrollLeft);
    const before = await left();
    expect(before).toBeGreaterThan(0);
    await page.keyboard.press('ArrowRight');
    await expect.poll(left).toBeGreaterThan(before);
    expect(await page.innerText('.picture-at')).toBe('1 of 2');
    await page.getByRole('button', { name: /Whole picture/ }).click();
    expect(await widths()).toEqual([false, height]);
  });

  test('numbers the instances, sorts them by size, and copies them', async () => {
    const { page } = served();
    await page.getByLabel('Sort by').selectOption('Largest');
    const column = async (name: string) =>
      (await page.locator(`.instance-${name}`).allInnerTexts()).map((text) =>
        Number(text.replace(/[^\d.]/g, '')),
      );
    const areas = await column('area');
    expect(areas).toEqual(areas.toSorted((a, b) => b - a));
    const numbers = await column('number');
    expect(numbers).not.toEqual(numbers.toSorted((a, b) => a - b));
    const scores = await column('score');
    const byNumber = numbers.map((number, i) => [number, scores[i]]).sort(([a], [b]) => a - b);
    expect(byNumber.map(([, score]) => score)).toEqual(scores.toSorted((a, b) => b - a));
    await page.getByLabel('Sort by').selectOption('Highest score');

    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy JSON' }).click();
    await page.getByText(`${areas.length} instances copied`).waitFor();
    const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    expect(copied).toHaveLength(areas.length);
    expect(copied[0].file_name).toBe('2.png');
  });

  test('opens the file dialog by a click on the drop zone, and tells what is wrong with a picture', async () => {
    const { browser, server } = served();
    const other = await openPage(browser, server.url);
    const chooser = other.page.waitForEvent('filechooser');
    await other.page.click('.stage-empty');
    const heic = Buffer.from('\0\0\0\x1cftypheic\0\0\0\0mif1heic');
    await (await chooser).setFiles({ name: 'IMG_1.HEIC', mimeType: 'image/heic', buffer: heic });
    await other.page.waitForSelector('.status-failed:has-text("IMG_1.HEIC is a HEIC photo")');
    await other.page.getByText('This browser cannot show IMG_1.HEIC.').waitFor();
    const large = sharp({ create: { width: 1500, height: 1000, channels: 3, background: '#468' } });
    const buffer = await large.png().toBuffer();
    await other.page.setInputFiles('#picture-file', { name: 'large.png', mimeType: 'image/png', buffer });
    await other.page.waitForSelector(
      '.status-failed:has-text("it has 1.5 megapixels, and the server accepts 1.")',
    );
    const text = Buffer.from('text');
    await other.page.setInputFiles('#picture-file', {
      name: 'notes.jpg',
      mimeType: 'image/jpeg',
      buffer: text,
    });
    await other.page.waitForSelector(
      '.status-failed:has-text("notes.jpg is not a picture that can be read")',
    );
    await other.page.route('**/v1/predict*', (route) => route.abort());
    await other.page.getByRole('button', { name: 'Try again' }).click();
    await other.page.waitForSelector('.status-failed:has-text("The server cannot be reached.")');
    await other.page.close();
  });

  test('opens an example for the chosen model: nuclei, or a photograph', async () => {
    const { page } = served();
    await page.getByRole('button', { name: 'Example' }).click();
    await page.waitForSelector('img[alt="example.png"]');
    await untilFound(page);
    expect(await countShapes(page)).toBeGreaterThan(5);
    await page.selectOption('#model', { label: 'many-classes' });
    await page.getByRole('button', { name: 'Example' }).click();
    const photograph = page.locator('img[alt="example.jpg"]');
    await photograph.waitFor();
    await untilFound(page);
    expect(await photograph.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(560);
  });
}
