import type { CodeBlock } from './docs-blocks.ts';

/** A program of a page: a block and those that continue it. */
export interface DocsProgram {
  readonly place: string;
  /** Of its file, made of the place, so that the compiler names the page and the line. */
  readonly name: string;
  readonly platform: 'node' | 'browser';
  readonly notRun: string | null;
  readonly text: string;
}

/** The TypeScript programs among the blocks of a page. */
export function programsOf(blocks: readonly CodeBlock[]): DocsProgram[] {
  const programs: DocsProgram[] = [];
  for (const { place, language, words, notRun, text } of blocks) {
    if (language !== 'ts') continue;
    const last = programs.at(-1);
    if (words.includes('continued')) {
      if (!last) throw new Error(`${place}: continues no program`);
      programs[programs.length - 1] = { ...last, text: `${last.text}\n${text}` };
    } else {
      const name = place.replace(/^docs\//, '').replaceAll(/[^\w-]+/g, '-');
      programs.push({ place, name, platform: words.includes('browser') ? 'browser' : 'node', notRun, text });
    }
  }
  return programs;
}
