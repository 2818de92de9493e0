/**
 * A process of `bench queue`: `bare MODEL OUT WARM PICTURES…` predicts in a loop, one thread, and prints seconds;
 * `instant ADDRESS ROOT` is a worker whose model answers at once, until SIGTERM.
 */
import { appendFile } from 'node:fs/promises';
import { load } from '../src/predict/load/node.ts';
import { resultLine } from '../src/predict/result-line.ts';
import { parseQueueAddress } from '../src/queue/address.ts';
import { connect, disconnect } from '../src/queue/connection.ts';
import { takeChunks } from '../src/queue/queue-worker.ts';
import type { ChunkPool } from '../src/queue/worker-models.ts';

const [role, ...args] = process.argv.slice(2);
await (role === 'bare' ? bare(args) : instant(args));

async function bare([name, out, warm, ...pictures]: string[]): Promise<void> {
  const model = await load(name, { threads: 1 });
  await model.predict(pictures.slice(0, Number(warm)));
  const start = performance.now();
  for await (const outcome of model.predictEach(pictures)) {
    if ('error' in outcome) throw outcome.error;
    const place = { file_name: outcome.source, image_id: outcome.index, model: name };
    await appendFile(out, resultLine(place, outcome.prediction.toJSON()));
  }
  console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000 }));
  await model.dispose();
}

async function instant([address, root]: string[]): Promise<void> {
  const stop = new AbortController();
  process.on('SIGTERM', () => stop.abort());
  const redis = await connect(parseQueueAddress(address), { onNote: () => {} });
  const run: ChunkPool['run'] = async ({ pictures, model }) => {
    const empty = { width: 1, height: 1, instances: [] };
    const lines = pictures.map(({ name, position }) => {
      return resultLine({ file_name: name, image_id: position, model }, empty);
    });
    return { answer: { lines, failed: [] }, queuedMs: 0 };
  };
  const models = {
    find: async ({ sha256 }: { sha256: string }) => ({ file: '', sha256 }),
    pool: async () => ({ run }),
  };
  await takeChunks(redis, {
    models,
    permissions: { root, httpHosts: [], buckets: [] },
    maxPixels: undefined,
    maxSide: 4096,
    lostMs: 30_000,
    drain: false,
    onNote: (line) => console.error(line),
    signal: stop.signal,
  });
  await disconnect(redis);
}
