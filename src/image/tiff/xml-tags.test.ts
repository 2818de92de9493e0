import { expect, test } from 'vitest';
import { xmlTags, xmlText } from './xml-tags.ts';

test('tags in their order, without comments, declarations and namespaces', () => {
  const xml =
    '<?xml version="1.0"?><!-- <Pixels/> --><o:OME UUID="a"><![CDATA[<b>]]><Image Name=\'x > "y"\' /></o:OME>';
  const tags = [...xmlTags(xml)].map(({ name, kind }) => [name, kind]);
  expect(tags).toEqual([
    ['OME', 'start'],
    ['Image', 'empty'],
    ['OME', 'end'],
  ]);
});

test('attributes of both quotes, with entities', () => {
  const [tag] = xmlTags(`<Channel Name='&lt;a&gt; "b"' Fluor = "&#x3b1;&#946;&amp;lt;" Empty=""/>`);
  expect(tag.attribute('Name')).toBe('<a> "b"');
  expect(tag.attribute('Fluor')).toBe('αβ&lt;');
  expect(tag.attribute('Empty')).toBe('');
  expect(tag.attribute('ame')).toBeUndefined();
  expect(xmlText('&#x110000;&#0;')).toBe('&#x110000;\0');
});

test.each(['<', '<a', '<a b="', '<!--', 'no tags'])('ends at what is not complete: %s', (xml) => {
  expect([...xmlTags(xml)]).toEqual([]);
  expect([...xmlTags(`<c/>${xml}`)]).toHaveLength(1);
});

test.each(['<', '<!--', '<a b="', '<a>', "<a b='"])('takes time in proportion to many %s', (part) => {
  const start = performance.now();
  expect([...xmlTags(part.repeat(300_000))].length).toBeLessThanOrEqual(300_000);
  expect(performance.now() - start).toBeLessThan(5000);
});
