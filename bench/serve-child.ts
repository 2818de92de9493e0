/**
 * The measured processes of the server benchmarks, controlled by JSON lines: `serve-child.ts server|front|loop MODEL [ADDRESS]`.
 * `server` prints its URL and process ids and runs until it is killed; so does `front`, whose workers are those of a queue. `loop` answers each
 * `{"picture": PATH, "count": N}` with the seconds that N predictions took.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { load } from '../src/predict/load/node.ts';
import { parseQueueAddress } from '../src/queue/address.ts';
import { startServer } from '../src/server/start-server.ts';

const [role, file, address] = process.argv.slice(2);
if (role === 'loop') await loop();
else await serve();

async function serve(): Promise<void> {
  const server = await startServer({
    models: [{ name: basename(file, '.safetensors'), file }],
    remote: role === 'front' ? parseQueueAddress(address) : undefined,
    workers: 2,
    queue: 64,
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: 20e6,
    maxPixels: 50e6,
    timeoutMs: 60_000,
    receiveMs: 30_000,
    log: () => {},
    version: '0.0.0',
  });
  reply({ url: server.url, pids: [process.pid, ...server.workerPids()] });
}

async function loop(): Promise<void> {
  const model = await load(file);
  reply({ ready: true });
  for await (const line of createInterface({ input: process.stdin })) {
    const { picture, count }: { picture: string; count: number } = JSON.parse(line);
    const bytes = readFileSync(picture);
    const start = performance.now();
    let scores: number[] = [];
    for (let i = 0; i < count; i++) {
      scores = (await model.predict(bytes)).instances.map(({ score }) => score);
    }
    reply({ seconds: (performance.now() - start) / 1000, scores });
  }
}

function reply(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
