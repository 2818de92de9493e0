import { expect, it } from 'vitest';
import { exportsOf, hiddenTypes, programOf, strictOptions } from '../support/public-types.ts';

const entries = ['src/index.ts', 'src/browser.ts'];
const program = programOf(entries);

it.each(entries)('%s exports every type that its exports mention', (entry) => {
  expect(exportsOf(program, entry).size).toBeGreaterThan(20);
  expect(hiddenTypes(program, entry)).toEqual([]);
});

it.each(entries)('%s takes undefined for every option that may be absent', (entry) => {
  expect(strictOptions(program, entry)).toEqual([]);
});
