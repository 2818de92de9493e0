import { posix } from 'node:path';
import type { GivenPicture } from './pictures.ts';

/**
 * A name without extension for the output of each picture: its own, with the folder that it has within the argument. Where
 * pictures would share one, as `a.jpg` and `a.png` do, the extension stays part of the name; pictures that share the whole
 * name are numbered (`a`, `a-2`).
 * @returns In the order of the pictures.
 */
export function outputNames(pictures: readonly Pick<GivenPicture, 'name'>[]): string[] {
  const stems = countKeys(pictures.map(({ name }) => stemOf(name)));
  const names = countKeys(pictures.map(({ name }) => name));
  const taken = new Set<string>();
  return pictures.map(({ name }) => {
    const isAmbiguous = stems.get(keyOf(stemOf(name))) !== names.get(keyOf(name));
    const own = inside(isAmbiguous ? name : stemOf(name));
    let unique = own;
    for (let number = 2; taken.has(keyOf(unique)); number++) unique = `${own}-${number}`;
    taken.add(keyOf(unique));
    return unique;
  });
}

/** How often each key occurs. */
function countKeys(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(keyOf(name), (counts.get(keyOf(name)) ?? 0) + 1);
  return counts;
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
