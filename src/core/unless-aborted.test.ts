import { expect, test } from 'vitest';
import { unlessAborted } from './unless-aborted.ts';

test('work that never ends is left at the signal', async () => {
  const stop = new AbortController();
  expect(await unlessAborted(Promise.resolve(1), stop.signal)).toBe(1);
  await expect(unlessAborted(Promise.reject(new Error('own')), stop.signal)).rejects.toThrow('own');
  const endless = unlessAborted(new Promise(() => {}), stop.signal);
  stop.abort(new Error('enough'));
  await expect(endless).rejects.toThrow('enough');
  await expect(unlessAborted(Promise.reject(new Error('late')), stop.signal)).rejects.toThrow();
});
