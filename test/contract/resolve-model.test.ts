import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';

vi.mock('../../src/hub/published.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../src/hub/published.ts')>();
  const sha256 = createHash('sha256').update('tiny weights').digest('hex');
  const tiny = { ...original.publishedModels[0], name: 'tiny', fileName: 'tiny.pth', size: 12, sha256 };
  const publishedModels = [...original.publishedModels, tiny];
  return { publishedModels, findPublished: (name: string) => publishedModels.find((m) => m.name === name) };
});

// The tests of other files keep the modules that they share.
vi.resetModules();
const { convertedPath, downloadedPath } = await import('../../src/hub/cache.ts');
const { publishedModels } = await import('../../src/hub/published.ts');
const { resolveModel, shippedModels } = await import('../../src/hub/resolve-model.ts');
afterAll(() => void vi.resetModules());

const model = publishedModels[0];
const tiny = publishedModels.at(-1)!;
const unused = async () => {
  throw new Error('nothing is to be converted here');
};

let folder: string;
let server: Server;
let requests: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mask-rcnn-resolve-'));
  requests = 0;
  server = createServer((request, response) => {
    requests += 1;
    if (request.url === `/${tiny.fileName}`) response.end('tiny weights');
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('MASK_RCNN_CACHE', folder);
  vi.stubEnv('MASK_RCNN_OFFLINE', '');
  vi.stubEnv('MASK_RCNN_MIRROR', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

test('an existing path is returned as it is', async () => {
  const path = join(folder, 'mine.safetensors');
  await writeFile(path, 'x');
  expect(await resolveModel(path, { convert: unused })).toBe(path);
});

test('a folder, a path without a file and an unknown name are distinguished', async () => {
  await expect(resolveModel(folder, { convert: unused })).rejects.toThrow(`${folder}: is a folder`);
  await expect(resolveModel('no/such.pth', { convert: unused })).rejects.toThrow('no/such.pth: no such file');
  await expect(resolveModel('maskrcnn_resnet50', { convert: unused })).rejects.toThrow(
    /^maskrcnn_resnet50: neither a file nor the name of a model; did you mean maskrcnn_resnet50_fpn_coco or /,
  );
  await expect(resolveModel('yolo', { convert: unused })).rejects.toThrow(
    /known names: .*maskrcnn_resnet50_fpn_coco/,
  );
  expect(requests).toBe(0);
});

test('a published name is fetched, and its failure names the address', async () => {
  await expect(resolveModel(model.name, { convert: unused })).rejects.toThrow(
    `/${model.fileName}: cannot be`,
  );
  expect(requests).toBe(1);
});

test('a published model is fetched and converted once', async () => {
  const stages: string[] = [];
  const converted: string[] = [];
  const options = {
    onProgress: ({ stage }: { stage: string }) => void stages.push(stage),
    convert: async (source: string, target: string) => {
      converted.push(source);
      await writeFile(target, `converted ${await readFile(source, 'utf8')}`);
    },
  };
  for (let use = 0; use < 2; use++) {
    const path = await resolveModel('tiny', options);
    expect(path).toBe(convertedPath(tiny));
    expect(await readFile(path, 'utf8')).toBe('converted tiny weights');
  }
  expect(converted).toEqual([downloadedPath(tiny)]);
  expect(stages).toEqual(['download', 'convert']);
  expect(requests).toBe(1);
});

test('a converted model is used without the published file and without the network', async () => {
  await writeFile(convertedPath(model), 'converted');
  expect(await resolveModel(model.name, { convert: unused, offline: true })).toBe(convertedPath(model));
});

test('offline without the model, the error names the place of the file', async () => {
  await expect(resolveModel(model.name, { convert: unused, offline: true })).rejects.toThrow(
    `copy it to ${downloadedPath(model)}`,
  );
  expect(requests).toBe(0);
});

test('a wrong file under the published name is never converted', async () => {
  await writeFile(downloadedPath(model), 'not the weights');
  await expect(resolveModel(model.name, { convert: unused, offline: true })).rejects.toThrow('copy it to');
  expect(await readFile(downloadedPath(model), 'utf8')).toBe('not the weights');
});

test('shipped models are found by name, the default first, also beside folders of these names', async () => {
  const shipped = await shippedModels();
  expect(shipped.map(({ name }) => name).slice(0, 2)).toEqual(['photos', 'nuclei']);
  const before = process.cwd();
  process.chdir(folder);
  try {
    for (const { name, path } of shipped) {
      await mkdir(name);
      expect(await resolveModel(name, { convert: unused })).toBe(path);
    }
  } finally {
    process.chdir(before);
  }
});
