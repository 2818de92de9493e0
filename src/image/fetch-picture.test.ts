import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodePicture } from './decode.ts';
import { fetchPicture } from './fetch-picture.ts';

let png: Buffer;
let address = '';
const server = createServer((request, response) => {
  if (request.url === '/a.png') response.end(png);
  else if (request.url === '/moved') response.writeHead(302, { location: '/a.png' }).end();
  else if (request.url === '/slow') response.write('x');
  else if (request.url === '/endless') {
    response.on('error', () => {});
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(2 ** 16)));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  } else response.writeHead(404).end();
});
beforeAll(async () => {
  png = await sharp({ create: { width: 3, height: 2, channels: 3, background: '#f00' } })
    .png()
    .toBuffer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('a picture is decoded from its address, also after a redirection', async () => {
  for (const path of ['/a.png', '/moved']) {
    expect(await decodePicture(address + path)).toMatchObject({ width: 3, height: 2 });
  }
});

test('a signal ends the download and its connection', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const asked = once(server, 'request');
  const download = expect(decodePicture(`${address}/slow`, { signal })).rejects.toThrow('enough');
  const [, response] = (await asked) as [IncomingMessage, ServerResponse];
  const closed = once(response, 'close');
  controller.abort(new Error('enough'));
  await Promise.all([download, closed]);
});

test('errors name the address and the reason', async () => {
  await expect(decodePicture(`${address}/none`)).rejects.toThrow(
    `${address}/none: cannot be downloaded (404 Not Found)`,
  );
  await expect(fetchPicture('http://127.0.0.1:9/a.png')).rejects.toThrow(
    /^http:\/\/127\.0\.0\.1:9\/a\.png: cannot be downloaded \(/,
  );
  await expect(fetchPicture(`${address}/slow`, { bytes: 100, seconds: 0.3 })).rejects.toThrow(
    'takes more than 0.3 seconds to download',
  );
  const small = { bytes: 2 ** 20, seconds: 30 };
  await expect(fetchPicture(`${address}/endless`, small)).rejects.toThrow('/endless: has more than 1 MiB');
});
