import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { onAbort, unlessAborted, untilAborted } from './abort.ts';

const never = new Promise<never>(() => {});
const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

test('however many wait for a signal, it has one listener, and none when nobody waits', () => {
  const controller = new AbortController();
  const { signal } = controller;
  const called: number[] = [];
  const forget = Array.from({ length: 20 }, (_, i) => onAbort(signal, () => called.push(i)));
  expect(listeners(signal)).toBe(1);
  for (const each of forget.slice(2)) each();
  expect(listeners(signal)).toBe(1);
  for (const each of forget) each();
  expect(listeners(signal)).toBe(0);
  onAbort(signal, () => called.push(100));
  onAbort(signal, () => called.push(101));
  controller.abort();
  expect(called).toEqual([100, 101]);
});

test('a wait ends with the promise or the signal, whichever is first', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  expect(await unlessAborted(Promise.resolve(1), undefined)).toBe(1);
  expect(await unlessAborted(Promise.resolve(1), signal)).toBe(1);
  await expect(unlessAborted(Promise.reject(new Error('failed')), signal)).rejects.toThrow('failed');
  const waiting = expect(unlessAborted(never, signal)).rejects.toThrow('enough');
  controller.abort(new Error('enough'));
  await waiting;
  await expect(unlessAborted(Promise.resolve(1), signal)).rejects.toThrow('enough');
  await expect(unlessAborted(Promise.reject(new Error('failed')), signal)).rejects.toThrow('enough');
  expect(listeners(signal)).toBe(0);
});

test('work that never ends is left at the signal', async () => {
  const stop = new AbortController();
  expect(await unlessAborted(Promise.resolve(1), stop.signal)).toBe(1);
  await expect(unlessAborted(Promise.reject(new Error('own')), stop.signal)).rejects.toThrow('own');
  const endless = unlessAborted(new Promise(() => {}), stop.signal);
  stop.abort(new Error('enough'));
  await expect(endless).rejects.toThrow('enough');
  await expect(unlessAborted(Promise.reject(new Error('late')), stop.signal)).rejects.toThrow();
});

/** Two numbers, of which the second may never come. */
async function* numbers(log: string[], second: Promise<number>) {
  try {
    yield 1;
    yield await second;
  } finally {
    log.push('closed');
  }
}

async function valuesOf<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

test('values come in order until the signal is aborted, or the loop is left', async () => {
  const { signal } = new AbortController();
  const log: string[] = [];
  expect(await valuesOf(untilAborted([1, 2], signal))).toEqual([1, 2]);
  expect(await valuesOf(untilAborted(numbers(log, Promise.resolve(2)), signal))).toEqual([1, 2]);
  for await (const _ of untilAborted(numbers(log, never), signal)) break;
  expect(log).toEqual(['closed', 'closed']);
  const failing = untilAborted(numbers(log, Promise.reject(new Error('failed'))), signal);
  await expect(valuesOf(failing)).rejects.toThrow('failed');
  expect([log.length, listeners(signal)]).toEqual([3, 0]);
});

test('a value that does not come is not waited for', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const log: string[] = [];
  let give = (_: number) => {};
  const second = new Promise<number>((resolve) => {
    give = resolve;
  });
  const values = untilAborted(numbers(log, second), signal);
  expect(await values.next()).toMatchObject({ value: 1 });
  const waiting = expect(values.next()).rejects.toThrow('enough');
  controller.abort(new Error('enough'));
  await waiting;
  expect([log, listeners(signal)]).toEqual([[], 0]);
  give(2);
  await expect.poll(() => log).toEqual(['closed']);
});
