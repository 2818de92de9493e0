import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { publishedModels } from '../../src/hub/published.ts';
import { runCli } from '../support/cli-process.ts';

const model = publishedModels[0];
let folder: string;
let server: Server;
let env: Record<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mask-rcnn-cli-pull-'));
  // Knows one address, and sends that file without ever finishing it.
  server = createServer((request, response) => {
    if (request.url !== `/${model.fileName}`) return response.writeHead(404).end();
    response.writeHead(200, { 'content-length': model.size!, etag: '"v1"' });
    return response.write(new Uint8Array(100_000));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  env = { MASK_RCNN_CACHE: folder, MASK_RCNN_OFFLINE: '', MASK_RCNN_MIRROR: `http://127.0.0.1:${port}/` };
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

test('Ctrl-C leaves what can be continued, unlocked, and exits with 130', async () => {
  const part = `${model.fileName}.part`;
  const { status, stdout, stderr } = await runCli(['pull', model.name], {
    env,
    onStart: (child) => {
      const timer = setInterval(async () => {
        if (!(await readdir(folder)).includes(part)) return;
        clearInterval(timer);
        child.kill('SIGINT');
      }, 20);
      child.on('exit', () => clearInterval(timer));
    },
  });
  expect([status, stdout]).toEqual([130, '']);
  expect(stderr.split('\n').at(-2)).toBe('mask-rcnn: interrupted');
  expect((await readdir(folder)).sort()).toEqual([part, `${part}.etag`]);
});

test('a file that is gone is one line', async () => {
  const { name, fileName } = publishedModels[1];
  const { status, stdout, stderr } = await runCli(['pull', name], { env });
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    `mask-rcnn: ${env.MASK_RCNN_MIRROR}${fileName}: cannot be downloaded (HTTP 404 Not Found)\n`,
  );
  expect(await readdir(folder)).toEqual([]);
});

test('--offline names the missing file and its location', async () => {
  const { status, stderr } = await runCli(['pull', model.name, '--offline'], { env });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^mask-rcnn: maskrcnn_resnet50_fpn_coco: not in the cache[^\n]*\n$/);
  expect(stderr).toContain(`copy it to ${join(folder, model.fileName)}\n`);
});

test('models lists published and cached models', async () => {
  const { status, stdout } = await runCli(['models', '--json'], { env });
  const listed = JSON.parse(stdout) as { name: string; state: string; ap: object; licence: string }[];
  expect(status).toBe(0);
  for (const { name, ap, licence } of publishedModels) {
    expect(listed.find((entry) => entry.name === name)).toMatchObject({
      ap: ap ?? { box: null, mask: null },
      licence,
      state: 'to download',
      path: null,
    });
  }
  expect(listed.find(({ name }) => name === 'nuclei')).toMatchObject({
    state: 'shipped',
    licence: 'Apache-2.0',
  });
  const { stdout: table } = await runCli(['models'], { env });
  expect(table).toMatch(
    /^maskrcnn_resnet50_fpn_v2_coco +instance segmentation +47\.4 +41\.8 +– +– +185\.8 MB +to download/m,
  );
});
