import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Prediction } from '../../src/predict/instance.ts';
import { load } from '../../src/predict/load/node.ts';
import { pageFolder } from '../support/built-package.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { TestFolder } from '../support/folder.ts';
import { startTestServer, type TestServer } from '../support/serve-server.ts';
import { writeSmallNuclei } from '../support/small-nuclei.ts';
import { importTiny } from '../support/tiny-model.ts';
import {
  countShapes,
  drawPicture,
  dropFile,
  expectEqual,
  lowestScore,
  type OpenPage,
  openPage,
  save,
  setThreshold,
  untilFound,
} from './web-page.ts';

describe.skipIf(!hasChromium('the web page'))('the web page, with a server', () => {
  const folder = new TestFolder();
  let server: TestServer;
  let browser: Browser;
  let opened: OpenPage;
  let page: Page;
  let png: Buffer;
  let truth: Prediction;

  beforeAll(async () => {
    const nuclei = await writeSmallNuclei(folder);
    const models = [
      { name: 'nuclei', file: nuclei },
      { name: 'many-classes', file: await importTiny('mask-v1', folder.path) },
    ];
    server = await startTestServer(nuclei, { models, workers: 1, page: pageFolder });
    png = await drawPicture(3);
    const model = await load(nuclei);
    truth = await model.predict(png, { score: lowestScore });
    await model.dispose();
    browser = await launchChromium();
    opened = await openPage(browser, server.url);
    page = opened.page;
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    folder.remove();
  });

  test('finds the same instances in a dropped picture as Node', async () => {
    await dropFile(page, { name: 'cells.png', type: 'image/png', bytes: png });
    expect(await untilFound(page)).toContain('on the server');
    expect(truth.instances.length).toBeGreaterThan(5);
    expect(await countShapes(page)).toBe(truth.instances.filter(({ score }) => score >= 0.5).length);
    await expectEqual(page, truth);
  });

  test('applies another threshold at once, without another request', async () => {
    const asked = opened.requests.length;
    for (const threshold of [0.9, 0.3, 0.06]) {
      await setThreshold(page, threshold);
      expect(await countShapes(page)).toBe(truth.instances.filter(({ score }) => score >= threshold).length);
    }
    expect(opened.requests.length).toBe(asked);
    await setThreshold(page, 0.5);
  });

  test('says what the model is, and, where nothing is found, what it knows', async () => {
    const card = page.locator('.model-card');
    expect(await card.textContent()).toContain('Cell nuclei in microscope pictures');
    expect(await card.textContent()).toContain('Knows 1 class');
    const unknown = page.getByText('This model knows only: nucleus.');
    expect(await unknown.count()).toBe(0);
    await setThreshold(page, 1);
    await unknown.waitFor();
    await page.getByText('mask-rcnn serve --model maskrcnn_resnet50_fpn_v2_coco').waitFor();
    if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT });
    await setThreshold(page, 0.5);
  });

  test('isolates the hovered instance, on the picture and in the list', async () => {
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
    await page.locator('.instance').nth(1).click();
    await page.mouse.move(0, 0);
    expect(await page.getAttribute('.shape-active', 'data-index')).toBe('1');
    await page.locator('.instance').nth(1).click();
    await page.mouse.move(0, 0);
    expect(await page.locator('.shape-active').count()).toBe(0);
  });

  test('draws labels and boxes as selected', async () => {
    const shown = await countShapes(page);
    expect(await page.locator('.label').count()).toBeGreaterThan(0);
    expect(await page.locator('.box').count()).toBe(0);
    await page.getByLabel('Boxes').check();
    await page.getByLabel('Labels').uncheck();
    expect(await page.locator('.box').count()).toBe(shown);
    expect(await page.locator('.label').count()).toBe(0);
  });

  test('saves the visible instances for other tools', async () => {
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

  test('can be used by keyboard alone', async () => {
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

  test('accepts a pasted picture, and refuses other files', async () => {
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
    await other.page.route('**/v1/predict*', (route) => route.abort());
    await other.page.getByRole('button', { name: 'Try again' }).click();
    await other.page.waitForSelector('.status-failed:has-text("The server cannot be reached.")');
    await other.page.close();
  });

  test('draws an example', async () => {
    await page.getByRole('button', { name: 'Example' }).click();
    await page.waitForSelector('img[alt="example.png"]');
    await untilFound(page);
    expect(await countShapes(page)).toBeGreaterThan(5);
  });

  test('logged no errors', () => {
    expect(opened.errors).toEqual([]);
  });

  test('fits a phone without horizontal scrolling', async () => {
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

  test('asks for the token if the server requires one', async () => {
    const guarded = await startTestServer(folder.at('mask-v1.safetensors'), {
      workers: 1,
      page: pageFolder,
      token: 's3cret',
    });
    const other = await openPage(browser, guarded.url);
    await other.page.fill('#token', 'wrong');
    await other.page.click('text=Unlock');
    await other.page.waitForSelector('label:has-text("This token is wrong")');
    await other.page.fill('#token', 's3cret');
    await other.page.click('text=Unlock');
    await other.page.waitForSelector('#model option:has-text("tiny")', { state: 'attached' });
    await dropFile(other.page, { name: 'cells.png', type: 'image/png', bytes: png });
    await untilFound(other.page);
    await other.page.close();
    await guarded.stop();
  });

  test('takes the token from the URL that the server prints, and removes it from the address bar', async () => {
    const reachable = await startTestServer(folder.at('mask-v1.safetensors'), {
      workers: 1,
      page: pageFolder,
      host: '0.0.0.0',
    });
    expect(reachable.pageUrl).toMatch(/#token=[\w-]{32}$/);
    const other = await openPage(browser, reachable.pageUrl.replace('0.0.0.0', '127.0.0.1'));
    await other.page.waitForSelector('#model option:has-text("tiny")', { state: 'attached' });
    expect(other.page.url()).not.toContain('token');
    expect(other.errors).toEqual([]);
    await other.page.close();
    await reachable.stop();
  });

  test('cannot be used by a page of another site, by rebinding, form or fetch', async () => {
    const { port } = new URL(server.url);
    // The browser believes that this name belongs to the server, as after DNS rebinding.
    const rebound = await launchChromium(['--host-resolver-rules=MAP evil.example 127.0.0.1']);
    try {
      const page = await rebound.newPage();
      const answer = await page.goto(`http://evil.example:${port}/v1/models`);
      expect([answer?.status(), await answer?.json()]).toMatchObject([
        403,
        { type: 'urn:mask-rcnn:problem:unknown-host' },
      ]);
      await page.setContent(
        `<form method="post" enctype="multipart/form-data" action="${server.url}/v1/predict"><button>send</button></form>`,
      );
      const sent = page.waitForResponse(`${server.url}/v1/predict`);
      await page.click('button');
      expect((await sent).status()).toBe(403);
      await page.goto('about:blank');
      const fetched = await page.evaluate(
        (url) => fetch(url, { mode: 'no-cors' }).then(({ type }) => type, String),
        `${server.url}/healthz`,
      );
      // The browser hides the refusal, or lets nothing through at all.
      expect(fetched).toMatch(/opaque|Failed to fetch/);
    } finally {
      await rebound.close();
    }
    const statuses = server.log.slice(-3).map(({ status }) => status);
    expect(statuses).not.toContain(200);
  });
});

/** In which the tiny model finds something of each of its classes. */
function noise(): Promise<Buffer> {
  const [width, height] = [160, 120];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * i * 31 + i * 7) % 251);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
