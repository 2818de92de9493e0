/**
 * The lines for what a conversion left out: `left out: 1 line shape, which has no area`.
 * @param skipped Counts by what was left out, in the plural.
 */
export function leftOutLines(skipped: Readonly<Record<string, number>>): string[] {
  return Object.entries(skipped).map(
    ([what, number]) => `left out: ${number} ${number === 1 ? singular(what) : what}`,
  );
}

/** The noun is the last word before what describes it; the verb and the pronoun of a clause agree with it. */
function singular(what: string): string {
  const [, noun, rest] = /^(.*?)(,? (?:which|that|without|of|labelled|\().*|$)/s.exec(what)!;
  const one = noun.replace(/(?<=box)es$|s$/, '');
  // A phrase that is in the singular already.
  if (one === noun) return what;
  const clause = rest
    .replace(/^(,? (?:which|that)) have /, '$1 has ')
    .replace(/^(,? (?:which|that)) are /, '$1 is ')
    .replace(/^ that repeat (.*) their /, ' that repeats $1 its ');
  return one + clause;
}
