import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { artCategories, distractorEmoji, emojiInStyle } from './art-table.ts';
import { heldOutStyle, styleNames, trainingStyles } from './styles.ts';

test("ids are COCO's", () => {
  const ids = new Map(artCategories.map(({ id, name }) => [name, id]));
  expect(ids.size).toBe(50);
  // From COCO's own category list.
  const known = { bicycle: 2, 'traffic light': 10, cat: 17, umbrella: 28, banana: 52, tv: 72, scissors: 87 };
  for (const [name, id] of Object.entries(known)) expect(ids.get(name)).toBe(id);
});

test('every style shows most categories, and the held-out one all', () => {
  const shown = styleNames.map((style): [string, number] => [
    style,
    artCategories.filter(({ emoji }) => emojiInStyle(emoji, style).length > 0).length,
  ]);
  const all = { 'fluent-3d': 50, 'fluent-flat': 50, twemoji: 50, 'noto-2': 50, emojione: 50 };
  expect(Object.fromEntries(shown)).toEqual({ ...all, noto: 49, fxemoji: 42, streamline: 32 });
});

test('no emoji serves twice', () => {
  const codes = [...artCategories.flatMap(({ emoji }) => emoji), ...distractorEmoji].map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
});

test('the held-out style is not among the training styles', () => {
  expect(trainingStyles.length).toBeGreaterThanOrEqual(3);
  expect(trainingStyles).not.toContain(heldOutStyle);
});

test('the README lists the table', () => {
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  const rows = readme.split('\n').filter((line) => /^\| \d+ \|/.test(line));
  expect(rows).toHaveLength(artCategories.length);
  artCategories.forEach(({ id, name, emoji }, index) => {
    expect(rows[index]).toContain(`| ${id} | ${name} |`);
    for (const one of emoji) expect(rows[index]).toContain(one.name.replaceAll('-', ' '));
  });
});
