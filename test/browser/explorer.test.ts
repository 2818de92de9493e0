import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawNuclei } from '../../examples/demo/draw-nuclei.ts';
import type { Explanation } from '../../src/explanation/explanation.ts';
import type { Focus } from '../../src/explanation/focus.ts';
import { rleIou } from '../../src/ops/rle/iou.ts';
import { rleFromCounts } from '../../src/ops/rle/rle.ts';
import type { Explainer } from '../../src/predict/explain/explainer.ts';
import type { RecordedPrediction } from '../../src/predict/explain/recorded-prediction.ts';
import { loadExplainer } from '../../src/predict/load/node.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { TestFolder } from '../support/folder.ts';
import { startTestServer, type TestServer } from '../support/serve-server.ts';
import { writeSmallNuclei } from '../support/small-nuclei.ts';
import { startViewPage, type ViewPage } from './view-page.ts';

describe.skipIf(!hasChromium('the stage explorer'))('the stage explorer in Chromium', () => {
  const { picture } = drawNuclei({ seed: 3, width: 200, height: 160 });
  let pages: ViewPage;
  let server: TestServer;
  let browser: Browser;
  let explainer: Explainer;
  let recorded: RecordedPrediction;
  let exchanged: Explainer;
  /** The same picture with RoIPool. */
  let pooled: RecordedPrediction;
  let stages: Omit<Explanation, 'focus'>;
  const errors: string[] = [];

  const folder = new TestFolder();

  beforeAll(async () => {
    const { width, height, data } = picture;
    const png = await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
    const model = await writeSmallNuclei(folder);
    pages = await startViewPage({ '/picture.png': png, '/model.safetensors': model });
    server = await startTestServer(model, { workers: 1, cors: pages.origin });
    browser = await launchChromium();
    explainer = await loadExplainer(model);
    recorded = await explainer.record(picture);
    stages = recorded.stages();
    exchanged = await loadExplainer(model, { pooler: 'roiPool' });
    pooled = await exchanged.record(picture);
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([server?.stop(), pages?.close(), explainer?.dispose(), exchanged?.dispose()]);
    folder.remove();
  });

  async function openExplorer(source: 'server' | 'here', viewport = { width: 1200, height: 900 }) {
    const page = await browser.newPage({ viewport, locale: 'en-GB' });
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    const query = new URLSearchParams({ view: 'explorer', server: server.url, model: 'tiny', source });
    await page.goto(`${pages.origin}/?${query}`);
    await page.waitForSelector('.explorer-body', { timeout: 120_000 });
    return page;
  }

  /** What the page says of the RoI that is followed, by the numbers that Node computes. */
  async function expectFollows(page: Page, focus: Focus | null): Promise<void> {
    if (!focus) throw new Error('expected a focus');
    const rank = focus.proposal.rank + 1;
    await page.waitForSelector(`.explorer[aria-busy="false"] .roi-status:has-text("Proposal ${rank} ")`);
    const said = (value: number, decimals: number) => value.toFixed(decimals).replace('-', '−');
    const facts = await page.innerText('.roi-facts');
    const [x1, y1, x2, y2] = focus.proposal.box;
    const side = said(Math.sqrt((x2 - x1) * (y2 - y1)), 1);
    const level = `⌊4 + log₂(${side} / ${focus.boxRoi.choice?.canonicalSize})⌋ = ⌊${said(focus.boxRoi.choice?.exact ?? 0, 2)}⌋`;
    expect(facts).toContain(`${level} → ${focus.boxRoi.level.toUpperCase()}`);
    expect(facts).toContain(said(focus.classScores[focus.label], 3));
    const body = await page.innerText('.explorer-body');
    expect(body).toContain(`the proposal is at ${focus.boxRoi.onMap.map((c) => said(c, 2)).join(', ')}`);
    const { start, end } = focus.boxRoi.poolings.roiPoolFloor.x;
    expect(body).toContain(`→ ${start} to ${end}, y from`);
    if (!focus.mask) return;
    const logits = focus.mask.logits[focus.label];
    expect(body).toContain(`${said(Math.min(...logits), 2)} … ${said(Math.max(...logits), 2)}`);
    expect(await page.innerText('.mask-area')).toBe(String(focus.mask.area));
  }

  it.each(['server', 'here'] as const)(
    'shows every section with the numbers that Node computes, from the %s',
    { timeout: 120_000 },
    async (source) => {
      const page = await openExplorer(source);
      for (let part = 1; part <= 8; part++) expect(await page.locator(`section#s${part} h2`).count()).toBe(1);
      expect(await page.locator('.explorer-body figure svg').count()).toBeGreaterThan(30);
      await expectFollows(page, await recorded.follow());

      // A click on the centre of another object selects it.
      const target = stages.detections.instances.length - 1;
      const [x1, y1, x2, y2] = stages.detections.instances[target].box;
      const svg = await page.locator('svg.roi-picture').boundingBox();
      if (!svg) throw new Error('expected the picture');
      const scale = svg.width / stages.input.width;
      await page.mouse.click(svg.x + ((x1 + x2) / 2) * scale, svg.y + ((y1 + y2) / 2) * scale);
      await expectFollows(page, await recorded.follow({ instance: target }));
      await page.close();
      expect(errors).toEqual([]);
    },
  );

  it('selects proposals by keyboard, including suppressed ones and background', async () => {
    const page = await openExplorer('server');
    await page.locator('input[name="roi-kind"]').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('.explorer .roi-choice input[type="range"]').fill('400');
    const fates = new Map<string, number>();
    for (let rank = 0; rank < 400 && fates.size < 3; rank++) {
      const fate = (await recorded.follow({ proposal: rank }))?.fate;
      if (fate && !fates.has(fate)) fates.set(fate, rank);
    }
    expect([...fates.keys()].sort()).toEqual(['background', 'instance', 'suppressed']);
    const sentences = {
      background: 'classified as background',
      instance: 'became object',
      suppressed: 'suppressed by',
    };
    const list = page.locator('select.roi-list');
    await list.focus();
    for (const [fate, rank] of fates) {
      await page.keyboard.press('Home');
      // The first of the list, then onwards to the one that is wanted.
      await list.selectOption(String(rank));
      await expectFollows(page, await recorded.follow({ proposal: rank }));
      expect(await page.innerText('.roi-status')).toContain(sentences[fate as keyof typeof sentences]);
    }
    const from = Number(await list.inputValue());
    await page.keyboard.press(from === 0 ? 'ArrowDown' : 'ArrowUp');
    await expectFollows(page, await recorded.follow({ proposal: from === 0 ? 1 : from - 1 }));
    await page.close();
    expect(errors).toEqual([]);
  });

  it('pastes the mask again as the threshold changes', async () => {
    const page = await openExplorer('server');
    const area = async () => Number(await page.innerText('.mask-area'));
    const usual = await area();
    const slider = page.locator('#s7').getByRole('slider', { name: 'Threshold' });
    await slider.fill('0.2');
    const larger = await area();
    await slider.fill('0.9');
    const smaller = await area();
    expect(larger).toBeGreaterThan(usual);
    expect(smaller).toBeLessThan(usual);
    await page.close();
    expect(errors).toEqual([]);
  });

  it.each(['server', 'here'] as const)(
    'predicts with another pooler and compares the same proposal, from the %s',
    { timeout: 120_000 },
    async (source) => {
      const page = await openExplorer(source);
      const section = page.locator('.experiment-pooler');
      await section.getByRole('button', { name: 'Predict with RoIPool' }).click();
      await expectCompared(page, await recorded.follow());

      // Another RoI, without predicting again.
      await page.locator('select.roi-list').selectOption('1');
      await expectCompared(page, await recorded.follow({ instance: 1 }));
      await section.getByRole('combobox').selectOption('roiPoolFloor');
      await section.getByRole('button', { name: 'Predict with RoIPool, rounded down' }).click();
      await section.locator('figcaption:has-text("RoIPool, rounded down: nucleus")').waitFor();
      await page.close();
      expect(errors).toEqual([]);
    },
  );

  /** What the experiment says of the same proposal, by the numbers that Node computes with RoIPool. */
  async function expectCompared(page: Page, own: Focus | null): Promise<void> {
    const other = await pooled.follow({ proposal: own?.proposal.rank });
    if (!own?.mask || !other?.mask) throw new Error('expected masks');
    const section = page.locator('.experiment-pooler');
    const score = other.classScores[other.label].toFixed(3);
    await section
      .locator(`figcaption:text-is("RoIPool: nucleus, score ${score}; mask ${other.mask.area} px")`)
      .waitFor();
    const [a, b] = [own.mask, other.mask].map(({ pasted }) => rleFromCounts(pasted.counts, pasted.size));
    const said = await section.innerText();
    expect(said).toContain(`of the two masks: ${rleIou([a], [b])[0].toFixed(2)}`);
    expect(said).toContain(`mask ${own.mask.area} px (this model)`);
  }

  it('turns the same logits into masks by sigmoid and by softmax', async () => {
    const page = await openExplorer('server');
    const { mask } = (await recorded.follow()) ?? {};
    const text = (await page.innerText('.experiment-output')).replaceAll(/(?<=\d),(?=\d{3})/g, '');
    expect(text).toContain(`sigmoid: ${mask?.area} px (this model)`);
    // There is one class: the softmax fills the box.
    expect(text).toContain('1 everywhere');
    const softmax = Number(/softmax: (\d+) px/.exec(text)?.[1]);
    expect(softmax).toBeGreaterThan(mask?.area ?? 0);
    await page.close();
    expect(errors).toEqual([]);
  });

  it('selects proposals and detections again as the sliders move', async () => {
    const page = await openExplorer('server');
    const section = page.locator('.experiment-selection');
    const { selected } = stages.detections;
    const said = async () => (await section.innerText()).replaceAll(/(?<=\d),(?=\d{3})/g, '');
    const n = stages.proposals.selected.length;
    expect(await said()).toContain(`Detections: ${selected} as in the prediction, 0 in`);
    expect(await said()).toContain(`${n} proposals from ${stages.proposals.beforeNms.length} `);
    await section.getByRole('slider', { name: 'NMS threshold of the detections' }).fill('0.95');
    expect(await said()).toMatch(/as in the prediction, [1-9]\d* in addition/);
    await section.getByRole('slider', { name: 'Number of proposals' }).fill('1');
    expect(await said()).toMatch(/1 proposal from .*; \d+ remained/);
    expect(await said()).toContain(`${selected - 1} missing`);
    const left = async () => Number(/(\d+) remained/.exec(await said())?.[1]);
    const usual = await left();
    await section.getByRole('slider', { name: 'NMS threshold of the proposals' }).fill('0.2');
    expect(await left()).toBeLessThan(usual);
    await section.getByRole('button', { name: 'Reset' }).click();
    expect(await said()).toContain(`Detections: ${selected} as in the prediction, 0 in`);
    await page.close();
    expect(errors).toEqual([]);
  });

  it('speaks Chinese, saves the report, and fits a phone', async () => {
    const page = await openExplorer('server', { width: 360, height: 740 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as report' }).click();
    expect((await saved).suggestedFilename()).toBe('mask-rcnn-report.html');
    await page.getByLabel('Language').selectOption('zh');
    const body = await page.innerText('.explorer-body');
    for (const word of ['候选框', '特征图', '解耦', '量化', '改变一处']) expect(body).toContain(word);
    await page.close();
    expect(errors).toEqual([]);
  });

  it('shows an error and retries', async () => {
    const page = await browser.newPage({ locale: 'en-GB' });
    const query = new URLSearchParams({
      view: 'explorer',
      server: server.url,
      model: 'absent',
      source: 'server',
    });
    await page.goto(`${pages.origin}/?${query}`);
    await page.waitForSelector('[role="alert"]:has-text("No such model")');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.waitForSelector('[role="alert"]:has-text("No such model")');
    await page.close();
  });
});
