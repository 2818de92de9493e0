import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { sizeOnDisk } from './download/part.ts';
import { type PublishedModel, publishedModels } from './published.ts';
import { type PullOptions, pull } from './pull.ts';

const random = seededRandom(7);
const content = Uint8Array.from({ length: 200_000 }, () => random.integer(256));
const sha256 = createHash('sha256').update(content).digest('hex');
const times = { retries: 3, stallTimeout: 1500, backoff: 5, lock: { poll: 20, stale: 400 } };

type Handler = (request: IncomingMessage, response: ServerResponse, attempt: number) => void;

let server: Server;
let folder: string;
let requests: IncomingMessage[];
let handler: Handler;
let model: PublishedModel;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mask-rcnn-pull-'));
  vi.stubEnv('MASK_RCNN_CACHE', folder);
  vi.stubEnv('MASK_RCNN_MIRROR', '');
  vi.stubEnv('MASK_RCNN_OFFLINE', '');
  requests = [];
  server = createServer((request, response) => {
    requests.push(request);
    handler(request, response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  model = {
    ...publishedModels[0],
    fileName: `tiny-${sha256.slice(0, 8)}.pth`,
    baseUrl: `http://127.0.0.1:${port}/`,
    size: content.length,
    sha256,
  };
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

/** Answers as a careful file server does: whole, or from the asked byte on while the ETag still fits. */
const serve: Handler = (request, response) => {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const current = request.headers['if-range'] === undefined || request.headers['if-range'] === '"v1"';
  if (from >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
  } else if (from > 0 && current) {
    const range = `bytes ${from}-${content.length - 1}/${content.length}`;
    response.writeHead(206, { 'content-range': range, 'content-length': content.length - from });
    response.end(content.subarray(from));
  } else {
    response.writeHead(200, { 'content-length': content.length, etag: '"v1"' });
    response.end(content);
  }
};

/** Announces the whole file, sends the given number of bytes, and closes the connection once they are on disk; unread bytes are lost. */
async function breakOff(response: ServerResponse, bytes: number): Promise<void> {
  const part = join(folder, `${model.fileName}.part`);
  await rm(part, { force: true });
  response.writeHead(200, { 'content-length': content.length, etag: '"v1"' });
  response.write(content.subarray(0, bytes));
  await vi.waitUntil(async () => (await sizeOnDisk(part)) === bytes, { interval: 5 });
  response.destroy();
}

const pullTiny = (options: PullOptions = {}) => pull(model, { times, ...options });

async function expectWhole(path: string): Promise<void> {
  expect(path).toBe(join(folder, model.fileName));
  expect((await readFile(path)).equals(content)).toBe(true);
  expect(await readdir(folder)).toEqual([model.fileName]);
}

describe('pull from a server that behaves', () => {
  test('leaves only the complete file in the cache and sends no further request', async () => {
    handler = serve;
    await expectWhole(await pullTiny());
    await expectWhole(await pullTiny());
    expect(requests).toHaveLength(1);
    expect(requests[0].url).toBe(`/${model.fileName}`);
    expect(requests[0].headers['accept-encoding']).toBe('identity');
  });

  test('reports its progress', async () => {
    handler = serve;
    const seen: number[] = [];
    await pullTiny({
      onProgress: ({ stage, done, total }) => {
        expect([stage, total]).toEqual(['download', content.length]);
        seen.push(done);
      },
    });
    expect(seen.at(-1)).toBe(content.length);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  test('uses the mirror if there is one', async () => {
    handler = serve;
    vi.stubEnv('MASK_RCNN_MIRROR', `${model.baseUrl}mirror`);
    await expectWhole(await pull({ ...model, baseUrl: 'http://127.0.0.1:1/' }, { times }));
    expect(requests[0].url).toBe(`/mirror/${model.fileName}`);
  });

  test('learns an unknown length from the server', async () => {
    handler = serve;
    await expectWhole(await pull({ ...model, size: null }, { times }));
  });

  test('follows a redirection', async () => {
    handler = (request, response, attempt) =>
      attempt === 1 ? response.writeHead(302, { location: '/elsewhere' }).end() : serve(request, response, 2);
    await expectWhole(await pullTiny());
  });
});

describe('pull after a break', () => {
  test('resumes after the bytes received, provided that the file is unchanged', async () => {
    handler = (request, response, attempt) =>
      attempt === 1 ? void breakOff(response, 70_000) : serve(request, response, attempt);
    await expectWhole(await pullTiny());
    expect(requests).toHaveLength(2);
    expect(requests[1].headers.range).toMatch(/^bytes=[1-9]\d*-$/);
    expect(requests[1].headers['if-range']).toBe('"v1"');
  });

  test('resumes the part of an earlier process', async () => {
    await writeFile(join(folder, `${model.fileName}.part`), content.subarray(0, 150_000));
    await writeFile(join(folder, `${model.fileName}.part.etag`), '"v1"');
    handler = serve;
    await expectWhole(await pullTiny());
    expect(requests.map(({ headers }) => headers.range)).toEqual(['bytes=150000-']);
  });

  test('starts over if the file has changed on the server', async () => {
    await writeFile(join(folder, `${model.fileName}.part`), new Uint8Array(1000));
    await writeFile(join(folder, `${model.fileName}.part.etag`), '"v0"');
    handler = serve;
    await expectWhole(await pullTiny());
    expect(requests).toHaveLength(1);
  });

  test('starts over if the server ignores Range', async () => {
    handler = (_request, response, attempt) => {
      if (attempt === 1) void breakOff(response, 70_000);
      else response.writeHead(200, { 'content-length': content.length }).end(content);
    };
    await expectWhole(await pullTiny());
  });

  test('downloads the whole file again if the parts do not match', async () => {
    await writeFile(join(folder, `${model.fileName}.part`), new Uint8Array(1000));
    handler = serve;
    await expectWhole(await pullTiny());
    expect(requests.map(({ headers }) => headers.range)).toEqual(['bytes=1000-', undefined]);
  });

  test('uses a part that is already complete, and discards one that is too long', async () => {
    handler = serve;
    const part = join(folder, `${model.fileName}.part`);
    await writeFile(part, content);
    await expectWhole(await pull({ ...model, size: null }, { times }));
    await rm(join(folder, model.fileName));
    await writeFile(part, new Uint8Array(content.length + 1));
    await expectWhole(await pullTiny());
  });

  test('survives a stall, a busy server and a refused range', async () => {
    handler = (request, response, attempt) => {
      if (attempt === 1)
        response.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, 9));
      else if (attempt === 2) response.writeHead(503).end('busy');
      else if (attempt === 3) response.writeHead(416, { 'content-range': 'bytes */5' }).end();
      else serve(request, response, attempt);
    };
    await expectWhole(await pullTiny());
    expect(requests).toHaveLength(4);
  });
});

describe('pull that has to fail', () => {
  /** Nothing lies under the final name, and the message is one line that names the address. */
  async function expectFailure(
    problem: RegExp,
    left: string[] = [],
    options: PullOptions = {},
  ): Promise<void> {
    const error = await pullTiny(options).then(
      () => null,
      (error: unknown) => error as Error,
    );
    expect(error?.name).toBe('InputError');
    expect(error?.message).toMatch(problem);
    expect(error?.message).not.toContain('\n');
    expect(error?.message.startsWith(`${model.baseUrl}${model.fileName}: `)).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(left);
  }

  test('a wrong checksum', async () => {
    handler = (_request, response) => response.writeHead(200).end(new Uint8Array(content.length));
    await expectFailure(/has sha256 [0-9a-f]{64}, expected [0-9a-f]{64}; the download was discarded/);
    expect(requests).toHaveLength(1);
  });

  test('a wrong checksum of combined parts, after one retry', async () => {
    handler = (request, response) => {
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      if (from === 0) return void breakOff(response, 70_000);
      response.writeHead(206, { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` });
      response.end(new Uint8Array(content.length - from));
    };
    await expectFailure(/the download was discarded/);
    expect(requests).toHaveLength(4);
  });

  test('404 is final', async () => {
    handler = (_request, response) => response.writeHead(404).end('gone');
    await expectFailure(/HTTP 404 Not Found/);
    expect(requests).toHaveLength(1);
  });

  test('a persistent server error', async () => {
    handler = (_request, response) => response.writeHead(500).end();
    await expectFailure(/HTTP 500/);
    expect(requests).toHaveLength(times.retries + 1);
  });

  test('a server that closes the connection every time; the part is kept', async () => {
    handler = (_request, response) => void breakOff(response, 100);
    await expectFailure(/are kept, the next pull resumes from there/, [
      `${model.fileName}.part`,
      `${model.fileName}.part.etag`,
    ]);
    expect(requests).toHaveLength(times.retries + 1);
  });

  test('a server that sends nothing', async () => {
    handler = () => {};
    await expectFailure(/no data for 0.3 s/, [], { times: { ...times, stallTimeout: 300 } });
  });

  test('a refused connection', async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expectFailure(/ECONNREFUSED/);
    server = createServer().listen(0);
  });

  test('a file of another length', async () => {
    handler = (_request, response) => response.writeHead(200, { 'content-length': 3 }).end('abc');
    await expectFailure(/has 3 bytes on the server, expected 200000/);
    expect(requests).toHaveLength(1);
  });

  test('an endless response', async () => {
    handler = (_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(content), 5);
      response.on('close', () => clearInterval(timer));
    };
    await expectFailure(/sends more than the expected 200000 bytes/);
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk (needs /dev/full)', async () => {
    handler = serve;
    await symlink('/dev/full', join(folder, `${model.fileName}.part`));
    await expect(pullTiny()).rejects.toThrow(`${folder}: no space left on this disk`);
    expect(await readdir(folder)).toEqual([]);
  });

  test('a disk that is too small', async () => {
    handler = serve;
    const size = 2 ** 60;
    await expect(pull({ ...model, size }, { times })).rejects.toThrow(
      new RegExp(`^${folder}: \\d+ bytes are free on this disk, the download needs ${size}$`),
    );
    expect(requests).toHaveLength(0);
  });

  test('a cache folder that cannot be created', async () => {
    await writeFile(join(folder, 'file'), '');
    vi.stubEnv('MASK_RCNN_CACHE', join(folder, 'file', 'cache'));
    await expect(pullTiny()).rejects.toThrow(/part of its path is a file/);
  });
});

describe('pull offline', () => {
  test('names the missing file and its location, without a request', async () => {
    handler = serve;
    const missing = `download ${model.baseUrl}${model.fileName} on another machine and copy it to ${join(folder, model.fileName)}`;
    await expect(pullTiny({ offline: true })).rejects.toThrow(missing);
    vi.stubEnv('MASK_RCNN_OFFLINE', '1');
    await expect(pullTiny()).rejects.toThrow(missing);
    expect(requests).toHaveLength(0);
  });

  test('accepts a file that was copied there by hand, if its checksum is right', async () => {
    const path = join(folder, model.fileName);
    await writeFile(path, content);
    await expectWhole(await pullTiny({ offline: true }));
    const flipped = Uint8Array.from(content);
    flipped[99_999] ^= 1;
    await writeFile(path, flipped);
    await expect(pullTiny({ offline: true })).rejects.toThrow('copy it to');
    handler = serve;
    await expectWhole(await pullTiny());
  });
});

describe('pull with a signal', () => {
  test('ends with its reason and is resumed by the next pull', async () => {
    const half = content.length / 2;
    handler = (_request, response) => {
      response.writeHead(200, { 'content-length': content.length, etag: '"v1"' });
      response.write(content.subarray(0, half));
    };
    const controller = new AbortController();
    const onProgress: PullOptions['onProgress'] = ({ done }) => {
      if (done === half) controller.abort(new Error('changed my mind'));
    };
    const { signal } = controller;
    await expect(pullTiny({ signal, onProgress })).rejects.toThrow('changed my mind');
    expect((await readdir(folder)).sort()).toEqual([`${model.fileName}.part`, `${model.fileName}.part.etag`]);
    expect(requests).toHaveLength(1);
    handler = serve;
    await expectWhole(await pullTiny());
    expect(requests[1].headers.range).toBe(`bytes=${half}-`);
  });

  test('does not wait for the next retry', async () => {
    const controller = new AbortController();
    handler = (_request, response) => {
      response.writeHead(503).end();
      setTimeout(() => controller.abort(), 50);
    };
    const patient = { ...times, backoff: 60_000 };
    await expect(pullTiny({ signal: controller.signal, times: patient })).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
  });

  test('does not wait for another process', async () => {
    handler = serve;
    await writeFile(join(folder, `${model.fileName}.lock`), `${hostname()} ${process.ppid} x`);
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    await expect(pullTiny({ signal: controller.signal, onProgress })).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
    expect(requests).toHaveLength(0);
  });

  test('sends nothing where it is aborted already', async () => {
    handler = serve;
    await expect(pullTiny({ signal: AbortSignal.abort() })).rejects.toThrow(/aborted/);
    expect(requests).toHaveLength(0);
  });
});

describe('pull by several at once', () => {
  test('downloads once', async () => {
    handler = (request, response, attempt) => setTimeout(() => serve(request, response, attempt), 100);
    const stages = new Set<string>();
    const onProgress: PullOptions['onProgress'] = ({ stage }) => void stages.add(stage);
    const paths = await Promise.all([1, 2, 3].map(() => pullTiny({ onProgress })));
    for (const path of paths) await expectWhole(path);
    expect(requests).toHaveLength(1);
    expect([...stages].sort()).toEqual(['download', 'wait']);
  });

  test('takes over from a dead process', async () => {
    handler = serve;
    // The highest process number on any system lies below this.
    await writeFile(join(folder, `${model.fileName}.lock`), `${hostname()} 999999999 x`);
    await expectWhole(await pullTiny());
  });

  test('takes over from another machine without a heartbeat', async () => {
    handler = serve;
    await writeFile(join(folder, `${model.fileName}.lock`), 'other-machine 1 x');
    await expectWhole(await pullTiny());
  });
});
