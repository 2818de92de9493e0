import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startProgress, withProgress } from './progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A stream that records its output, as a terminal or not. */
function recorder(isTTY: boolean): { stream: NodeJS.WriteStream; text: () => string } {
  let text = '';
  const stream = new PassThrough().on('data', (chunk: Buffer) => (text += chunk.toString()));
  Object.assign(stream, {
    isTTY,
    columns: 80,
    clearLine: () => true,
    cursorTo: () => true,
    moveCursor: () => true,
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}

test('away from a terminal a line comes now and then, and one at the end', () => {
  const { stream, text } = recorder(false);
  const progress = startProgress('predicting', 20, { unit: 'pictures', stream, interval: 1000 });
  for (let i = 0; i < 10; i++) {
    vi.advanceTimersByTime(400);
    progress.advance();
  }
  progress.note('b.png: is not a picture');
  progress.finish();
  progress.finish();
  expect(text().split('\n')).toEqual([
    'predicting: 3/20 pictures, 7 s left',
    'predicting: 6/20 pictures, 6 s left',
    'predicting: 9/20 pictures, 4 s left',
    'b.png: is not a picture',
    'predicting: 10/20 pictures',
    '',
  ]);
});

test('an unknown total can become known', () => {
  const { stream, text } = recorder(false);
  const progress = startProgress('downloading', null, { unit: 'bytes', stream, interval: 0 });
  progress.update(1_000_000);
  progress.update(2_000_000, 8_000_000);
  progress.finish();
  expect(text()).toBe(
    'downloading: 0 B\ndownloading: 1.0 MB\ndownloading: 2.0 MB of 8.0 MB, 0 s left\ndownloading: 2.0 MB of 8.0 MB\n',
  );
});

test('the display is finished after the work, also where it fails', async () => {
  for (const fails of [false, true]) {
    const { stream, text } = recorder(false);
    const work = withProgress('reading', { total: 2, unit: 'files', stream }, (progress) => {
      progress.advance();
      if (fails) throw new Error('unreadable');
      return 'content';
    });
    if (fails) await expect(work).rejects.toThrow('unreadable');
    else expect(await work).toBe('content');
    expect(text()).toBe('reading: 1/2 files\n');
  }
});

test('on a terminal a bar is drawn and a note does not tear it', () => {
  const { stream, text } = recorder(true);
  const progress = startProgress('predicting', 2, { unit: 'pictures', stream });
  vi.advanceTimersByTime(1000);
  progress.advance();
  vi.advanceTimersByTime(1000);
  progress.note('a note');
  progress.advance();
  progress.finish();
  expect(text()).toMatch(/predicting █{12}░{12} 1\/2 pictures, 1 s left/);
  expect(text()).toContain('\r\x1b[Ka note\n');
  expect(text()).toMatch(/predicting █{24} 2\/2 pictures/);
  expect(text().endsWith('\n')).toBe(true);
  // No hidden cursor and no disabled wrapping, which an interruption would leave behind.
  expect(text()).not.toContain('\x1b[?');
});
