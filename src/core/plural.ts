/** `1 picture`, `2 pictures`, `2 categories`, `2 classes`. */
export function plural(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun.replace(/y$/, 'ie').replace(/s$/, 'se')}s`;
}
