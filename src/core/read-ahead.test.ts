import { expect, test } from 'vitest';
import { readAhead } from './read-ahead.ts';

const never = new Promise<never>(() => {});
const turn = () => new Promise((resolve) => setTimeout(resolve));

/** What `readAhead` makes of the numbers from 0, and what happened meanwhile. */
function readNumbers(count: number, end: () => Promise<void> = async () => {}) {
  const log: string[] = [];
  async function* numbers() {
    try {
      for (let i = 0; i < count; i++) yield i;
      await end();
    } finally {
      log.push('closed');
    }
  }
  const prepare = (value: number) => {
    log.push(`ready ${value}`);
    return { value };
  };
  return { log, values: readAhead(numbers(), 2, prepare) };
}

test('values come in order, at most two of them prepared ahead of the one in use', async () => {
  const { log, values } = readNumbers(5);
  for await (const { value } of values) {
    await turn();
    log.push(`use ${value}`);
  }
  expect(log).toEqual([
    'ready 0',
    'ready 1',
    'ready 2',
    'use 0',
    'ready 3',
    'use 1',
    'ready 4',
    'use 2',
    'closed',
    'use 3',
    'use 4',
  ]);
});

test('a value is given while the next one does not come, and leaving the loop does not wait for it', async () => {
  const { log, values } = readNumbers(1, () => never);
  for await (const { value } of values) {
    log.push(`use ${value}`);
    break;
  }
  expect(log).toEqual(['ready 0', 'use 0']);
});

test('what is left early is closed, and makes nothing more ready', async () => {
  const { log, values } = readNumbers(10);
  for await (const _ of values) {
    await turn();
    break;
  }
  await turn();
  expect(log).toEqual(['ready 0', 'ready 1', 'ready 2', 'closed']);
});

test('a failure is thrown after what came before it', async () => {
  const { values } = readNumbers(2, () => Promise.reject(new Error('failed')));
  expect(await values.next()).toMatchObject({ value: { value: 0 } });
  await turn();
  expect(await values.next()).toMatchObject({ value: { value: 1 } });
  await expect(values.next()).rejects.toThrow('failed');
});
