/**
 * One measured load in its own process: `load-child.ts ours|peer FILE` prints seconds, counts and the
 * process's peak memory as JSON. `ours` is `readCocoDataset`, `peer` is `JSON.parse` of the whole file.
 */
import { readFileSync } from 'node:fs';
import { readCocoDataset } from '../src/data/coco/coco.ts';
import type { CocoDataset } from '../src/data/coco/types.ts';

const [contender, path] = process.argv.slice(2);
const start = performance.now();
const dataset: CocoDataset =
  contender === 'ours' ? await readCocoDataset(path) : JSON.parse(readFileSync(path, 'utf8'));
const seconds = (performance.now() - start) / 1000;
console.log(
  JSON.stringify({
    seconds,
    // maxRSS is in kilobytes.
    peakMb: process.resourceUsage().maxRSS / 1024,
    images: dataset.images.length,
    annotations: dataset.annotations.length,
  }),
);
