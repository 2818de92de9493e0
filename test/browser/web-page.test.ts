import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { load } from '../../src/predict/load/node.ts';
import { pageFolder } from '../support/built-package.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { TestFolder } from '../support/folder.ts';
import { startTestServer, type TestServer } from '../support/serve-server.ts';
import { writeSmallNuclei } from '../support/small-nuclei.ts';
import { importTiny } from '../support/tiny-model.ts';
import { testAccess } from './served-page/access.ts';
import { testAppearance } from './served-page/appearance.ts';
import { testChoices } from './served-page/choices.ts';
import { testInstances } from './served-page/instances.ts';
import { testPictures } from './served-page/pictures.ts';
import { testSaving } from './served-page/saving.ts';
import type { ServedPage } from './served-page/served-page.ts';
import { drawPicture, lowestScore, openPage } from './web-page.ts';

// The tests of all subjects share a server, a browser and a page, whose start takes seconds.
describe.skipIf(!hasChromium('the web page'))('the web page, with a server', () => {
  const folder = new TestFolder();
  let server: TestServer;
  let browser: Browser;
  let opened: ServedPage;
  const served = () => opened;

  beforeAll(async () => {
    const nuclei = await writeSmallNuclei(folder);
    const models = [
      { name: 'nuclei', file: nuclei },
      { name: 'many-classes', file: await importTiny('mask-v1', folder.path) },
    ];
    server = await startTestServer(nuclei, { models, workers: 1, page: pageFolder });
    const png = await drawPicture(3);
    const model = await load(nuclei);
    const truth = await model.predict(png, { score: lowestScore });
    await model.dispose();
    browser = await launchChromium();
    const first = await openPage(browser, server.url);
    opened = { folder, server, browser, opened: first, page: first.page, png, truth };
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    folder.remove();
  });

  testInstances(served);
  testSaving(served);
  testChoices(served);
  testPictures(served);

  test('logged no errors', () => {
    expect(served().opened.errors).toEqual([]);
  });

  testAppearance(served);
  testAccess(served);
});
