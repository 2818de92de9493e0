import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';
import { openMetrics } from './metrics-log.ts';
import { reportHtml, writeReport } from './report.ts';

const folders: string[] = [];
function newFolder(): string {
  folders.push(mkdtempSync(join(tmpdir(), 'metrics-')));
  return folders.at(-1) as string;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe('CRC-32C', () => {
  it.each<[string, Uint8Array, number]>([
    ['the usual check', new TextEncoder().encode('123456789'), 0xe3069283],
    ['32 zeros (RFC 3720)', new Uint8Array(32), 0x8a9136aa],
    ['32 ones (RFC 3720)', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['nothing', new Uint8Array(0), 0],
  ])('of %s', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });
});

describe('the metrics of a run', () => {
  it('go on after a resume without the steps that are made again, and survive a torn line', async () => {
    const folder = newFolder();
    const first = await openMetrics(folder, 0);
    for (let step = 0; step < 5; step++) await first.write({ step, values: { 'loss/total': 5 - step } });
    await first.close();
    appendFileSync(join(folder, 'metrics.jsonl'), '{"step": 5, "loss/to');
    const resumed = await openMetrics(folder, 3);
    await resumed.write({ step: 3, values: { 'loss/total': 0.25 } });
    await resumed.close();
    const lines = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { step: 0, 'loss/total': 5 },
      { step: 1, 'loss/total': 4 },
      { step: 2, 'loss/total': 3 },
      { step: 3, 'loss/total': 0.25 },
    ]);
    expect(resumed.history.map(({ step }) => step)).toEqual([0, 1, 2, 3]);
  });

  it('are events that TensorBoard reads: framed, checked, tagged', async () => {
    const folder = newFolder();
    const log = await openMetrics(folder, 0);
    await log.write({ step: 300, values: { 'loss/mask': 0.5, 'validation/mask AP': 0.25 } });
    await log.close();
    const file = readdirSync(folder).find((name) => name.startsWith('events.out.tfevents.')) as string;
    const [version, event] = readRecords(readFileSync(join(folder, file)));
    expect(text(version)).toContain('brain.Event:2');
    // Event.step is field 2: key 0x10, then 300 as a varint.
    expect([...event.subarray(9, 12)]).toEqual([0x10, 0xac, 0x02]);
    const tag = text(event).indexOf('loss/mask');
    expect(tag).toBeGreaterThan(0);
    // Summary.Value.simple_value is field 2 of type fixed32: key 0x15, then the float.
    expect(event[tag + 9]).toBe(0x15);
    expect(new DataView(event.buffer, event.byteOffset).getFloat32(tag + 10, true)).toBe(0.5);
  });
});

describe('the report', () => {
  it('of a run of 25,000 steps is written when the run is resumed', async () => {
    const folder = newFolder();
    const lines = Array.from({ length: 25_000 }, (_, step) =>
      JSON.stringify({ step, 'loss/total': 1, 'loss/mask': 0.5 }),
    );
    writeFileSync(join(folder, 'metrics.jsonl'), `${lines.join('\n')}\n`);
    const log = await openMetrics(folder, 25_000);
    await log.write({ step: 25_000, values: { 'loss/total': 1 } });
    await log.close();
    expect(log.history.length).toBe(25_001);
    await writeReport(folder, log.history, { title: 'Training', facts: {} });
    expect(readFileSync(join(folder, 'training.html'), 'utf8')).toContain('>25001</text>');
  });

  it('draws a run of 200,000 steps, thinned to the width of the chart', () => {
    const names = ['total', 'classifier', 'box', 'mask', 'objectness', 'rpnBox'];
    const history = Array.from({ length: 200_000 }, (_, step) => ({
      step,
      values: Object.fromEntries(names.map((name) => [`loss/${name}`, 1 + 1 / (1 + step)])),
    }));
    const html = reportHtml(history, { title: 'Training', facts: {} });
    expect(html).toContain('>200000</text>');
    expect(html.length).toBeLessThan(100_000);
  });

  it('draws a curve for each metric, keeps off-scale values inside, and escapes names', () => {
    const history = Array.from({ length: 2000 }, (_, step) => ({
      step,
      values: {
        'loss/mask': step === 0 ? 1e6 : 1 / (step + 1),
        'loss/box': 0.5,
        ...(step % 500 === 0 ? { 'validation/mask AP': 0.3 } : {}),
      },
    }));
    const html = reportHtml(history, { title: 'a <b> run', facts: { pictures: '20' } });
    expect(html).toContain('a &lt;b&gt; run');
    const curves = [...html.matchAll(/<polyline points="([^"]*)"/g)].map(([, points]) => points.split(' '));
    expect(curves.length).toBe(3);
    for (const points of curves) {
      expect(points.length).toBeLessThanOrEqual(600);
      for (const point of points) {
        const [x, y] = point.split(',').map(Number);
        expect(x >= 0 && x <= 860 && y >= 0 && y <= 300).toBe(true);
      }
    }
    expect(html).not.toMatch(/https?:/);
  });
});

/** The records of a TFRecord file; throws if a checksum is wrong. */
function readRecords(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const unmask = (masked: number) => {
    const rotated = (masked - 0xa282ead8) >>> 0;
    return ((rotated >>> 17) | (rotated << 15)) >>> 0;
  };
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(view.getBigUint64(at, true));
    expect(unmask(view.getUint32(at + 8, true))).toBe(crc32c(bytes.subarray(at, at + 8)));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(unmask(view.getUint32(at + 12 + length, true))).toBe(crc32c(data));
    records.push(data);
    at += 16 + length;
  }
  return records;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
