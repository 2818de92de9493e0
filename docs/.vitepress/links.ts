import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

const docs = join(import.meta.dirname, '..');

/** Files outside `docs/` that are pages of the site, by their path in the repository. */
const included: Record<string, string> = {
  'recipes/photos/README.md': '/models/photos',
  'recipes/nuclei/README.md': '/models/nuclei',
};

/**
 * Links of the pages are written for a reader of the repository. On the site, a link to a file that is not a page
 * is plain text.
 */
export function resolveLinks(md: MarkdownRenderer): void {
  md.core.ruler.after('inline', 'resolve-links', ({ tokens, env }) => {
    // Titles are parsed without a page.
    if (env.relativePath === undefined) return;
    const folder = dirname(join(docs, env.relativePath));
    for (const { children } of tokens) {
      const open: boolean[] = [];
      for (const token of children ?? []) {
        if (token.type === 'link_open') {
          const target = resolve(token.attrGet('href') ?? '', folder);
          open.push(target !== null);
          if (target === null) blank(token);
          else token.attrSet('href', target);
        } else if (token.type === 'link_close' && open.pop() === false) {
          blank(token);
        }
      }
    }
  });
}

/** @returns null where the site has no such page. */
function resolve(href: string, folder: string): string | null {
  if (/^(#|\/|[a-z]+:)/.test(href)) return href;
  const [path, anchor] = href.split('#');
  const file = join(folder, path);
  const page = included[relative(join(docs, '..'), file)];
  if (page !== undefined) return anchor ? `${page}#${anchor}` : page;
  // A page that is missing stays a link: VitePress then fails.
  const isPage = file.startsWith(docs) && (file.endsWith('.md') || !existsSync(file));
  return isPage && !file.endsWith('/layers.md') ? href : null;
}

function blank(token: { type: string; tag: string; content: string; attrs: unknown }): void {
  Object.assign(token, { type: 'text', tag: '', content: '', attrs: null });
}
