import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { routes, urlOf } from '../src/server/api/routes.ts';
import { JsonLines } from './json-lines.ts';
import { type BenchResult, median, percentile, thisMachine } from './result.ts';
import { preparePicture } from './serve.ts';

const rounds = 3;
/** Innocent requests of a round, one after another. */
const innocents = 15;
/** Hostile requests in flight. */
const attackers = 8;

/**
 * What attackers cost other clients: requests with a sound picture, one after another, alternately with the server to
 * themselves and beside eight clients that keep sending progressive JPEGs with 20,000 scans. `ratio` is the 95th percentile of
 * their latency beside the attackers divided by that alone.
 */
export async function bench(): Promise<BenchResult> {
  const picture = new Uint8Array(readFileSync(await preparePicture()));
  const bomb = await scanBomb();
  const model = join(import.meta.dirname, '..', 'models', 'nuclei.safetensors');
  const server = JsonLines.program('serve-child.ts', 'server', model);
  try {
    const { url } = await server.answer<{ url: string }>();
    await takeTimes(url, picture, 5);
    const alone: number[] = [];
    const attacked: number[] = [];
    let bombs = 0;
    for (let round = 0; round < rounds; round++) {
      alone.push(...(await takeTimes(url, picture, innocents)));
      let attacking = true;
      const attack = async () => {
        for (; attacking; bombs++) {
          const status = await send(url, bomb, 'image/jpeg');
          if (status !== 422) throw new Error(`a scan bomb was answered ${status}`);
        }
      };
      const attacks = Promise.all(Array.from({ length: attackers }, attack));
      attacked.push(...(await takeTimes(url, picture, innocents)));
      attacking = false;
      await attacks;
    }
    return {
      name: 'hostile',
      ratio: percentile(attacked, 95) / percentile(alone, 95),
      ours: { latencyP50Seconds: median(attacked), latencyP95Seconds: percentile(attacked, 95), bombs },
      peer: { latencyP50Seconds: median(alone), latencyP95Seconds: percentile(alone, 95) },
      machine: thisMachine(),
    };
  } finally {
    server.kill();
  }
}

/** @returns Seconds of each request. */
async function takeTimes(url: string, picture: Uint8Array<ArrayBuffer>, count: number): Promise<number[]> {
  const seconds: number[] = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    const status = await send(url, picture, 'image/png');
    if (status !== 200) throw new Error(`a sound picture was answered ${status}`);
    seconds.push((performance.now() - start) / 1000);
  }
  return seconds;
}

/** @returns The status. */
async function send(url: string, body: Uint8Array<ArrayBuffer>, type: string): Promise<number> {
  const { method } = routes.predict;
  const address = `${url}/${urlOf(routes.predict, {})}`;
  const response = await fetch(address, { method, headers: { 'content-type': type }, body });
  await response.text();
  return response.status;
}

/** A progressive JPEG whose last scan is repeated. */
async function scanBomb(): Promise<Uint8Array<ArrayBuffer>> {
  const create = { width: 1000, height: 1000, channels: 3 as const, background: 'grey' };
  const jpeg = await sharp({ create }).jpeg({ progressive: true }).toBuffer();
  const last = jpeg.subarray(jpeg.lastIndexOf(Buffer.from([0xff, 0xda])), -2);
  const scans = Array<Buffer>(20_000).fill(last);
  return new Uint8Array(Buffer.concat([jpeg.subarray(0, -2), ...scans, jpeg.subarray(-2)]));
}
