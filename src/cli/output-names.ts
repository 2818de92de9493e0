import { posix } from 'node:path';
import type { GivenPicture } from './pictures.ts';

/**
 * A name without extension for the output of each picture: its own, with the folder that it has within the argument. Where
 * pictures would share one, as `a.jpg` and `a.png` do, the extension stays part of the name; if that does not help, they are
 * numbered (`-2`, `-3`).
 * @returns In the order of the pictures.
 */
export function outputNames(pictures: readonly Pick<GivenPicture, 'name'>[]): string[] {
  const stems = new Map<string, number>();
  for (const { name } of pictures) stems.set(keyOf(stemOf(name)), (stems.get(keyOf(stemOf(name))) ?? 0) + 1);
  const taken = new Set<string>();
  return pictures.map(({ name }) => {
    const own = inside(stems.get(keyOf(stemOf(name))) === 1 ? stemOf(name) : name);
    let unique = own;
    for (let number = 2; taken.has(keyOf(unique)); number++) unique = `${own}-${number}`;
    taken.add(keyOf(unique));
    return unique;
  });
}

function stemOf(name: string): string {
  return name.slice(0, name.length - posix.extname(name).length);
}

/** Some file systems ignore case. */
function keyOf(name: string): string {
  return name.toLowerCase();
}

/** A pattern may lead out of its base; an output never lies outside its folder. */
function inside(name: string): string {
  return name.replace(/^(\.\.\/)+/, '');
}
