/**
 * Our side of the inference benchmark, with the same JSON lines as `test/oracle/bench_inference.py`:
 * `inference-child.ts MODEL THREADS DEVICE` answers each line `{"picture": PATH}` on stdin with one line on stdout.
 */
import { createInterface } from 'node:readline';
import type { Device } from '../src/config/device.ts';
import { decodePicture } from '../src/image/decode.ts';
import { load } from '../src/predict/load/node.ts';
import type { StageRecords } from '../src/predict/pipeline.ts';

const [model, threads, device] = process.argv.slice(2);
const sinceStart = () => performance.now() / 1000;

const loadStart = sinceStart();
const detector = await load(model, { threads: Number(threads), device: device as Device });
reply({ ready: true, loadSeconds: sinceStart() - loadStart, sinceStartSeconds: sinceStart() });

for await (const line of createInterface({ input: process.stdin })) {
  const request: { picture?: string; quit?: true } = JSON.parse(line);
  if (request.picture === undefined) break;
  reply(await measure(request.picture));
}
reply({ peakRssBytes: process.resourceUsage().maxRSS * 1024 });

async function measure(path: string) {
  const decodeStart = sinceStart();
  const { width, height, data } = await decodePicture(path);
  const start = sinceStart();
  const stageSeconds: Record<string, number> = {};
  let proposals = 0;
  let last = start;
  const { instances } = await detector.predict(
    { width, height, data, channels: 3 },
    {
      score: detector.config.box.scoreThreshold,
      observe: (stage, record) => {
        stageSeconds[stage] = sinceStart() - last;
        last = sinceStart();
        if (stage === 'proposals') proposals = (record as StageRecords['proposals']).scores.length;
      },
    },
  );
  // As the peer does: a bitmap of the picture's size for every instance.
  const bitmaps = instances.map(({ mask }) => mask?.toBitmap());
  const end = sinceStart();
  stageSeconds.paste = end - last;
  return {
    seconds: end - start,
    secondsWithDecode: end - decodeStart,
    stageSeconds,
    proposals,
    detections: bitmaps.length,
    sinceStartSeconds: end,
  };
}

function reply(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
