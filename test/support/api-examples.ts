import ts from 'typescript';
import { exportsOf, programOf } from './public-types.ts';

/** The example in the docstring of an exported function. */
export interface Example {
  /** Name of the function. */
  readonly name: string;
  /** A TypeScript module; null where the docstring has none. */
  readonly code: string | null;
}

/** The examples of all functions that an entry file exports. */
export function examplesOf(entry: string): Example[] {
  const exported = [...exportsOf(programOf([entry]), entry)];
  return exported
    .filter(([, { flags }]) => flags & ts.SymbolFlags.Function)
    .map(([name, { declarations = [] }]) => ({ name, code: declarations.map(codeOf).find(Boolean) ?? null }));
}

function codeOf(declaration: ts.Declaration): string | null {
  const tag = ts.getJSDocTags(declaration).find(({ tagName }) => tagName.text === 'example');
  const text = ts.getTextOfJSDocComment(tag?.comment) ?? '';
  return /^```ts\n([\s\S]*)\n```$/.exec(text)?.[1] ?? null;
}
