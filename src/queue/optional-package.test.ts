import { expect, test } from 'vitest';
import { optionalPackage, queuePackages } from './optional-package.ts';

test('a missing package is named with the command that installs it; other errors pass', async () => {
  const missing = () => {
    const error = new Error("Cannot find package 'bullmq' imported from /app/queue.js");
    throw Object.assign(error, { code: 'ERR_MODULE_NOT_FOUND' });
  };
  const load = optionalPackage('bullmq', '--queue', async () => missing(), queuePackages);
  await expect(load).rejects.toThrow('--queue needs the package bullmq: npm install bullmq ioredis');
  const dependency = optionalPackage('ioredis', '--queue', async () => missing());
  await expect(dependency).rejects.toThrow("Cannot find package 'bullmq' imported");
  expect(await optionalPackage('bullmq', '--queue', async () => 1)).toBe(1);
});
