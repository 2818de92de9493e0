import { type Language, messageOf, type ProblemKind } from '../product.ts';
import { chineseProblems } from './chinese.ts';
import type { WordKey } from './english.ts';
import { toldProblem } from './problem-words.ts';
import { sayIn, type WordValues } from './say.ts';

/** An error of the page itself, which can be shown in every language. */
export class PageError extends Error {
  override name = 'PageError';
  readonly key: WordKey;
  readonly values: WordValues;

  constructor(key: WordKey, values: WordValues = {}) {
    super(sayIn('en')(key, values));
    this.key = key;
    this.values = values;
  }
}

/** A problem document that the server sent. */
export class ServerProblem extends Error {
  override name = 'ServerProblem';
  readonly kind: ProblemKind;
  readonly detail: string;

  constructor(kind: ProblemKind, title: string, detail: string) {
    super(`${title}: ${detail}`);
    this.kind = kind;
    this.detail = detail;
  }
}

/** The text of any thrown value; errors of the runtime and details of the server are in English. */
export function errorText(thrown: unknown, language: Language): string {
  if (thrown instanceof PageError) return sayIn(language)(thrown.key, thrown.values);
  const told = thrown instanceof ServerProblem ? toldProblem(thrown.kind, thrown.detail, language) : null;
  if (told) return sayIn(language)(told.key, told.values);
  if (thrown instanceof ServerProblem && language === 'zh' && Object.hasOwn(chineseProblems, thrown.kind)) {
    return `${chineseProblems[thrown.kind]}：${thrown.detail}`;
  }
  return messageOf(thrown);
}
