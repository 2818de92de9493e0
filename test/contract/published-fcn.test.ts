import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { TestFolder } from '../support/folder.ts';

const { golden } = vi.hoisted(() => ({ golden: new URL('../golden/semantic/fcn.pth', import.meta.url) }));

// The published row with a small file in its place.
vi.mock('../../src/hub/published.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../src/hub/published.ts')>();
  const file = readFileSync(golden);
  const row = {
    ...original.findPublished('fcn_resnet50_coco')!,
    size: file.length,
    sha256: createHash('sha256').update(file).digest('hex'),
  };
  return { publishedModels: [row], findPublished: (name: string) => (name === row.name ? row : undefined) };
});

// The tests of other files keep the modules that they share.
vi.resetModules();
const { findModel } = await import('../../src/predict/load/find-model.ts');
const { load } = await import('../../src/predict/load/node.ts');
const { loadSemantic } = await import('../../src/predict/semantic.ts');

const folder = new TestFolder();
let server: Server;
beforeAll(async () => {
  server = createServer((_, response) => response.end(readFileSync(golden)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('MASK_RCNN_CACHE', folder.path);
  vi.stubEnv('MASK_RCNN_OFFLINE', '');
  vi.stubEnv('MASK_RCNN_MIRROR', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(async () => {
  vi.resetModules();
  vi.unstubAllEnvs();
  await new Promise((resolve) => server.close(resolve));
  await folder.remove();
});

it('is pulled by name, converted, and gives pixels the classes that the weights give', async () => {
  const path = await findModel('fcn_resnet50_coco');
  expect(path).toMatch(/\.safetensors$/);
  const data = Uint8Array.from({ length: 3 * 40 * 33 }, (_, i) => (i * i) % 251);
  const picture = { width: 40, height: 33, channels: 3, data } as const;
  const [pulled, original] = await Promise.all(
    [path, golden.pathname].map(async (file) => {
      const model = await loadSemantic(file);
      const { classes } = await model.predict(picture);
      await model.dispose();
      return classes;
    }),
  );
  expect(pulled).toEqual(original);
  await expect(load('fcn_resnet50_coco')).rejects.toThrow('is an FCN model; use `mask-rcnn segment`');
});
