import { expect, it } from 'vitest';
import { isHidden, unreadableExtension } from './picture-names.ts';

it.each(['._a.png', 'x/._a.png', '.cache/a.png', '__MACOSX/a/b.png', 'x\\._1.png', '.DS_Store'])(
  '%s is hidden',
  (path) => expect(isHidden(path)).toBe(true),
);

it.each(['a.png', './a.png', '../b/a.png', '_a.png', 'x/MACOSX/a.png', 'a..b/c.png'])(
  '%s is not hidden',
  (path) => expect(isHidden(path)).toBe(false),
);

it('knows pictures that cannot be read by their extension', () => {
  expect(unreadableExtension('A.BMP')).toBe('.bmp');
  expect(unreadableExtension('a.png')).toBeUndefined();
});
