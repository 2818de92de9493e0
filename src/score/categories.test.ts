import { expect, test } from 'vitest';
import { areNamesKnown, matchCategories, requireSharedCategory } from './categories.ts';

const cat = { id: 1, name: 'cat' };
const dog = { id: 5, name: 'dog' };

test('names match exactly, else ignoring case', () => {
  const { ids, labels } = matchCategories(
    [dog, cat],
    [
      { id: 7, name: 'Cat' },
      { id: 9, name: 'horse' },
      { id: 2, name: 'dog' },
    ],
  );
  expect(ids).toEqual([2, 7]);
  expect([...labels]).toEqual([
    [7, 2],
    [2, 1],
  ]);
  const letters = matchCategories(
    [
      { id: 1, name: 'a' },
      { id: 2, name: 'A' },
    ],
    [
      { id: 3, name: 'A' },
      { id: 4, name: 'a' },
    ],
  );
  expect(letters.ids).toEqual([4, 3]);
});

test('ids match only where one side has placeholders for names', () => {
  const data = [{ id: 5, name: 'Cat' }];
  expect(matchCategories([cat, dog], data).ids).toEqual([5, null]);
  const horse = { id: 5, name: 'horse' };
  expect(matchCategories([cat, dog], [horse]).ids).toEqual([null, null]);
  expect(matchCategories([cat, dog], [{ id: 5, name: 'class_5' }]).ids).toEqual([null, 5]);
  expect(
    matchCategories(
      [
        { id: 5, name: 'class_1' },
        { id: 6, name: 'class_2' },
      ],
      data,
    ).ids,
  ).toEqual([5, null]);
});

test('a single category matches a single one of another name', () => {
  const { ids, labels } = matchCategories([{ id: 1, name: 'nucleus' }], [{ id: 7, name: 'cell' }]);
  expect(ids).toEqual([7]);
  expect([...labels]).toEqual([[7, 1]]);
});

test('a data set of which the model knows no category is refused', () => {
  const parts = Array.from({ length: 18 }, (_, i) => ({ id: i + 1, name: `part ${i + 1}` }));
  expect(() => requireSharedCategory('parts.json', parts, [cat])).toThrow(
    'parts.json: none of its categories (part 1, part 2, part 3, part 4, part 5, part 6, part 7, part 8 and 10 more) is among those of the model: cat',
  );
  expect(() => requireSharedCategory('cats.json', [{ id: 3, name: 'Cat' }], [cat, dog])).not.toThrow();
});

test('of several categories with one name, each takes the one with its own id', () => {
  const twins = [cat, { id: 2, name: 'cat' }];
  const { ids, labels } = matchCategories(twins, twins);
  expect(ids).toEqual([1, 2]);
  expect([...labels.values()]).toEqual([1, 2]);
});

test('knows whether every name is known', () => {
  expect(areNamesKnown([{ id: 9, name: 'CAT' }], [cat, dog])).toBe(true);
  expect(areNamesKnown([cat, { id: 2, name: 'cow' }], [cat, dog])).toBe(false);
});
