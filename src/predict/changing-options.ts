/** The options given that change the results of a picture, by their names in commander: `{ maxDet: 20 }`. */
export type ChangingOptions = Readonly<Record<string, unknown>>;

/**
 * The first option that differs, as results were made with it: `with --max-det 20`, `with --tile-whole` or
 * `without --score`; null where none does.
 */
export function differentOption(a: ChangingOptions, b: ChangingOptions): { a: string; b: string } | null {
  const name = [...Object.keys(a), ...Object.keys(b)].find(
    (each) => JSON.stringify(a[each]) !== JSON.stringify(b[each]),
  );
  return name === undefined ? null : { a: shown(name, a[name]), b: shown(name, b[name]) };
}

function shown(name: string, value: unknown): string {
  const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (value === undefined) return `without ${flag}`;
  return value === true ? `with ${flag}` : `with ${flag} ${value}`;
}
