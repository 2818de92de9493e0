import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { closeWorker } from './close-worker.ts';

test('a worker is closed by force only where the server is away, and after the results are written', async () => {
  const calls: string[] = [];
  const worker = {
    pause: async (now?: boolean) => void calls.push(`pause ${now}`),
    close: async (force?: boolean) => void calls.push(`close ${force}`),
  };
  await closeWorker(worker, { status: 'ready' });
  expect(calls.splice(0)).toEqual(['pause true', 'close false']);
  let isComputing = true;
  const closing = closeWorker(worker, { status: 'reconnecting' }, () => isComputing);
  await pause(120);
  expect(calls).toEqual(['pause true']);
  isComputing = false;
  await closing;
  expect(calls).toEqual(['pause true', 'close true']);
});
