import { expect, test, vi } from 'vitest';
import { asyncDispose, Lifetime } from './lifetime.ts';

test('memory is freed once, after the work that uses it', async () => {
  const release = vi.fn(async () => {});
  const lifetime = new Lifetime('it is gone', release);
  let finish = (_result: string) => {};
  const work = new Promise<string>((resolve) => {
    finish = resolve;
  });
  const used = lifetime.use(() => work);
  const ends = [lifetime.end(), lifetime.end()];
  await expect(lifetime.use(async () => 'more')).rejects.toThrow('it is gone');
  expect(release).not.toHaveBeenCalled();
  finish('done');
  expect(await used).toBe('done');
  await Promise.all(ends);
  expect(release).toHaveBeenCalledOnce();
  expect(() => lifetime.check()).toThrow('it is gone');
});

test('work that fails does not keep the memory', async () => {
  const release = vi.fn(async () => {});
  const lifetime = new Lifetime('it is gone', release);
  await expect(lifetime.use(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await lifetime.end();
  expect(release).toHaveBeenCalledOnce();
});

test('the symbol is the one of the language', () => {
  expect(asyncDispose).toBe(Symbol.asyncDispose);
});
