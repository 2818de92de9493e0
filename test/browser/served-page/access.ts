import { expect, test } from 'vitest';
import { pageFolder } from '../../support/built-package.ts';
import { launchChromium } from '../../support/chromium.ts';
import { startTestServer } from '../../support/serve-server.ts';
import { dropFile, openPage, untilFound } from '../web-page.ts';
import type { ServedPage } from './served-page.ts';

/** Who can use the server. */
export function testAccess(served: () => ServedPage): void {
  test('asks for the token if the server requires one', async () => {
    const { browser, folder, png } = served();
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
    const { browser, folder } = served();
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
    const { server } = served();
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
}
