import { expect, test } from 'vitest';
import { dropFile, openPage, untilFound } from '../web-page.ts';
import type { ServedPage } from './served-page.ts';

/** Small screens, colours and languages. */
export function testAppearance(served: () => ServedPage): void {
  test('fits a phone without horizontal scrolling', async () => {
    const { browser, png, server } = served();
    const phone = await openPage(browser, server.url, {
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      isMobile: true,
      colorScheme: 'dark',
    });
    await dropFile(phone.page, { name: 'cells.png', type: 'image/png', bytes: png });
    await untilFound(phone.page);
    expect(await phone.page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await phone.page.locator('.instance').first().tap();
    expect(await phone.page.getAttribute('.shape-active', 'data-index')).toBe('0');
    expect(phone.errors).toEqual([]);
    await phone.page.close();
  });

  test('remembers the chosen colours and the model', async () => {
    const { page } = served();
    await page.selectOption('#model', { label: 'many-classes' });
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await background();
    const button = page.getByRole('button', { name: /^Colours:/ });
    await button.click();
    await page.waitForSelector('[data-theme="light"]');
    expect(await background()).toBe(light);
    await button.click();
    await page.waitForSelector('[data-theme="dark"]');
    const dark = await background();
    expect(dark).not.toBe(light);
    await page.reload();
    await page.waitForSelector('.shell-header');
    expect(await background()).toBe(dark);
    await page.waitForSelector('#model option:checked:has-text("many-classes")', { state: 'attached' });
  });

  test('speaks Chinese throughout in a Chinese browser, and remembers the language', async () => {
    const { browser, png, server } = served();
    const other = await openPage(browser, server.url, { locale: 'zh-CN' });
    const latin = async () => {
      const texts = await other.page.evaluate(() =>
        [...document.querySelectorAll('body *')].flatMap((element) => [
          ...['aria-label', 'title', 'placeholder'].map((name) => element.getAttribute(name) ?? ''),
          ...[...element.childNodes].map((node) => (node instanceof Text ? node.data : '')),
        ]),
      );
      return texts.filter((text) => /[A-Za-z]{2}/.test(text) && !/\p{Script=Han}/u.test(text)).sort();
    };
    const names = [
      'COCO',
      'CSV',
      'EN',
      'GeoJSON',
      'ImageJ',
      'JSON',
      'PNG',
      'SVG',
      'cells.png',
      'many-classes',
      'mask-rcnn',
      'nuclei',
    ];
    const expectChinese = async () => {
      expect((await latin()).filter((text) => !names.includes(text))).toEqual([]);
    };
    expect(await other.page.getAttribute('html', 'lang')).toBe('zh-CN');
    await expectChinese();
    await dropFile(other.page, { name: 'cells.png', type: 'image/png', bytes: png });
    await other.page.waitForSelector('.status-text:has-text("个实例中的")', { timeout: 120_000 });
    await expectChinese();
    expect(await other.page.innerText('.chip')).toContain('细胞核（nucleus）');
    expect(await other.page.locator('.label').first().innerHTML()).toContain('细胞核');
    await other.page.click('#tab-stages');
    await other.page.waitForSelector('.explorer-body', { timeout: 120_000 });
    expect(await other.page.innerText('.roi-list')).toContain('细胞核（nucleus）');
    expect(await other.page.innerText('.roi-help')).toMatch(/\p{Script=Han}/u);
    await other.page.click('#tab-training');
    await other.page.waitForSelector('.run-picker');
    await expectChinese();

    await other.page.getByLabel('语言').selectOption('en');
    expect(await other.page.innerText('#tab-training')).toBe('Training');
    await other.page.reload();
    await other.page.waitForSelector('#tab-segment:has-text("Segment")');
    expect(await other.page.getAttribute('html', 'lang')).toBe('en');
    expect(other.errors).toEqual([]);
    await other.page.close();
  });
}
