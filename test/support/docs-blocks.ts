import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A fenced block of code of a page. */
export interface CodeBlock {
  /** Path in the repository, and the line of the fence. */
  readonly place: string;
  readonly language: string;
  /** Words after the language: `browser`, or `continued`. */
  readonly words: readonly string[];
  /** Why it cannot be run, as the page says; null for all others. */
  readonly notRun: string | null;
  readonly text: string;
}

/** Markdown files whose text the documentation site shows: everything in `docs/`, and what its pages include. */
export function documentationPages(): string[] {
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path).replaceAll('\\', '/'))
    .sort();
  const included = pages.flatMap((page) =>
    [...readPage(page).matchAll(/<!--@include: ([^\s#]+?)(?:#\S+)?-->/g)].map(([, path]) =>
      join(dirname(page), path),
    ),
  );
  return [...new Set([...pages, ...included])];
}

export function readPage(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** @throws Error at a block that is indented only: nobody can tell its language. */
export function codeBlocks(page: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { place: string; info: string; lines: string[] } | null = null;
  let afterText = false;
  readPage(page)
    .split('\n')
    .forEach((line, i) => {
      const place = `${page}:${i + 1}`;
      if (open === null) {
        if (line.startsWith('```')) open = { place, info: line.slice(3), lines: [] };
        else if (/^ {4}\S/.test(line) && !afterText) throw new Error(`${place}: code needs a fence`);
        // Indented lines continue a paragraph or a list.
        afterText = line.trim() !== '' && line !== '---';
      } else if (line === '```') {
        blocks.push(block(open));
        open = null;
      } else {
        open.lines.push(line);
      }
    });
  return blocks;
}

function block({ place, info, lines }: { place: string; info: string; lines: string[] }): CodeBlock {
  const [head, reason] = info.split(' not-run: ');
  const [language, ...words] = head.split(' ');
  return { place, language, words, notRun: reason ?? null, text: `${lines.join('\n')}\n` };
}
