import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Explanation } from '../../src/explanation/explanation.ts';
import type { Focus } from '../../src/explanation/focus.ts';
import { decodePicture } from '../../src/image/decode.ts';
import { loadExplainer } from '../../src/predict/load/node.ts';
import { type ExplanationBody, explanationSchema } from '../../src/server/api/explain-schemas.ts';
import { problemSchema } from '../../src/server/api/schemas.ts';
import { TestFolder } from '../support/folder.ts';
import { sendPicture, startTestServer, type TestServer } from '../support/serve-server.ts';
import { importTiny } from '../support/tiny-model.ts';

const folder = new TestFolder();
let server: TestServer;
let picture: Buffer;
let expected: Explanation;

beforeAll(async () => {
  const data = Uint8Array.from({ length: 90 * 64 * 3 }, (_, i) => (i * i * 31 + i * 7) % 251);
  picture = await sharp(data, { raw: { width: 90, height: 64, channels: 3 } })
    .png()
    .toBuffer();
  const model = await importTiny('mask-v1', folder.path);
  server = await startTestServer(model, { workers: 1 });
  const explainer = await loadExplainer(model);
  expected = await explainer.explain(await decodePicture(picture), { score: 0.05 });
  await explainer.dispose();
});
afterAll(async () => {
  await server?.stop();
  folder.remove();
});

const explain = (query: string, headers: Record<string, string> = {}) =>
  sendPicture(server.url, picture, { path: '/v1/explain', query, headers });

async function bodyOf(response: Response): Promise<ExplanationBody> {
  expect(response.status).toBe(200);
  return explanationSchema.parse(await response.json());
}

/** Workers divide the cores, and sums in another order differ in the last bits. */
function expectClose(ours: unknown, theirs: unknown, path = ''): void {
  if (typeof theirs === 'number' && typeof ours === 'number') {
    expect(Math.abs(ours - theirs), path).toBeLessThan(1e-3 * Math.max(1, Math.abs(theirs)));
  } else if (typeof theirs === 'object' && theirs !== null) {
    expect(Object.keys(ours as object).sort(), path).toEqual(Object.keys(theirs).sort());
    for (const [key, value] of Object.entries(theirs)) {
      expectClose((ours as Record<string, unknown>)[key], value, `${path}.${key}`);
    }
  } else expect(ours, path).toEqual(theirs);
}

describe('POST /v1/explain', () => {
  test('answers the numbers that the API records, in the documented form', async () => {
    const { stages, focus, model } = await bodyOf(await explain('?score=0.05'));
    expect(model).toBe('tiny');
    expect(expected.detections.instances.length).toBeGreaterThan(1);
    const { focus: wanted, ...rest } = expected;
    expectClose(stages, rest);
    expectClose(focus, wanted);
  });

  test('explains the requested proposal or instance, and only that if requested', async () => {
    const chosen = await bodyOf(await explain('?score=0.05&proposal=3&part=focus'));
    expect(chosen.stages).toBeNull();
    expect(chosen.focus?.proposal.rank).toBe(2);
    const second = await bodyOf(await explain('?score=0.05&instance=2&part=focus'));
    expect(second.focus).toMatchObject({ instance: 1, fate: 'instance' });
    // The picture is remembered, so only the first question cost a prediction.
    const spent = server.log
      .filter(({ path }) => path === '/v1/explain')
      .map(({ predict }) => Number(predict));
    expect(spent.at(-1)).toBeLessThan(spent[0]);
  });

  test('predicts with another pooler on request, and with its own again afterwards', async () => {
    const rank = expected.focus?.proposal.rank ?? 0;
    const other = await bodyOf(await explain(`?score=0.05&pooler=roiPool&proposal=${rank + 1}`));
    expect(other.stages?.model.boxPool.kind).toBe('roiPool');
    expect(other.stages?.proposals.selected).toHaveLength(expected.proposals.selected.length);
    expect(other.focus?.proposal.rank).toBe(rank);
    expect(other.focus?.deltas).not.toEqual(expected.focus?.deltas);
    const { focus } = await bodyOf(await explain(`?score=0.05&proposal=${rank + 1}&part=focus`));
    expectClose(focus, expected.focus);
  });

  test('answers the report to who asks for HTML', async () => {
    const response = await explain('?score=0.05&lang=zh', { accept: 'text/html' });
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await response.text();
    expect(html).toContain('<html lang="zh-CN">');
    expect(html).toContain(expected.detections.instances[0].score.toFixed(3));
    const chosen = await explain('?score=0.05&proposal=40', { accept: 'text/html' });
    expect((await chosen.text()).replaceAll(/<\/?abbr[^>]*>/g, '')).toMatch(
      /proposal 40 as the example|object \d+ as the example/,
    );
  });

  test.each([
    ['?instance=999', 400, 'bad-parameter', 'there is no instance 999'],
    ['?proposal=99999', 400, 'bad-parameter', 'there is no proposal 99999'],
    ['?proposal=1&instance=1', 400, 'bad-parameter', 'not both'],
    ['?proposal=0', 400, 'bad-parameter', 'proposal'],
    ['?pooler=roiCrop', 400, 'bad-parameter', 'pooler'],
    ['?lang=fr', 400, 'bad-parameter', 'lang'],
    ['?model=other', 404, 'unknown-model', 'other'],
  ])('refuses %s', async (query, status, kind, detail) => {
    const response = await explain(query);
    expect(response.status).toBe(status);
    const problem = problemSchema.parse(await response.json());
    expect(problem.type).toBe(`urn:mask-rcnn:problem:${kind}`);
    expect(problem.detail).toContain(detail);
  });

  test('refuses a file that is not a picture, and an unsupported response type', async () => {
    const path = '/v1/explain';
    const text = await sendPicture(server.url, Buffer.from('no picture'), { path });
    expect(text.status).toBe(415);
    const cut = await sendPicture(server.url, picture.subarray(0, 400), { path });
    expect(cut.status).toBe(422);
    expect((await explain('', { accept: 'image/png' })).status).toBe(406);
  });

  test('counts its predictions, and predicts as before', async () => {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(
      /mask_rcnn_http_requests_total\{route="\/v1\/explain",method="POST",status="200"\} \d/,
    );
    expect((await sendPicture(server.url, picture)).status).toBe(200);
  });
});

/** The published schema describes the very type: each is assignable to the other. */
export const sameType = (body: ExplanationBody, focus: Focus): [Focus | null, ExplanationBody['focus']] => [
  body.focus,
  focus,
];
