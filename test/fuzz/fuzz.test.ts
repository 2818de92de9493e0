import { afterAll, describe, expect, it } from 'vitest';
import { corpus, fuzz, inputs } from './fuzz.ts';
import { FuzzProcess } from './fuzz-process.ts';
import { readers } from './readers.ts';

const reading = new FuzzProcess();
afterAll(() => reading.close());

/** Few, because every test run reads them; `npm run fuzz` reads as many as there is time for. */
const count = 60;

it('every reader has inputs', () => {
  expect(Object.keys(inputs).sort()).toEqual(Object.keys(readers).sort());
});

describe('inputs that were bad once', () => {
  it.each(corpus())('$reader $name', async ({ reader, input }) => {
    expect(await reading.read(reader, input)).toBeUndefined();
  });
});

describe(`${count} inputs of`, () => {
  it.each(Object.keys(inputs))('%s', async (reader) => {
    expect(await fuzz(reading, reader, { seed: 1, count })).toBeUndefined();
  });
});
