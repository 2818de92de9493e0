/**
 * The tarball has the Markdown pages without the repository around them, where some links and all pictures are dead.
 * `prepack` runs this in the package's folder: it turns links to files that are not packed into plain text and takes
 * pictures out. `postpack` (`--restore`) puts the originals back; so does the next `prepack` after a pack that was
 * interrupted.
 */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** The originals, at their own paths; it exists only between `prepack` and `postpack`. */
const originals = join('.cache', 'pages-for-npm');
/** In it, the paths of all packed files. */
const list = 'packed.json';

restore();
if (!process.argv.includes('--restore')) prepare();

function prepare(): void {
  const packed = packedFiles();
  const pages = packed.filter((path) => path.endsWith('.md'));
  // Complete before any page changes.
  const copies = `${originals}.new`;
  rmSync(copies, { recursive: true, force: true });
  for (const page of pages) {
    mkdirSync(dirname(join(copies, page)), { recursive: true });
    copyFileSync(page, join(copies, page));
  }
  writeFileSync(join(copies, list), JSON.stringify(packed));
  renameSync(copies, originals);
  for (const page of pages) writeFileSync(page, withoutDeadLinks(readFileSync(page, 'utf8'), page, packed));
}

/**
 * Puts back what `prepare` changed.
 * @throws Error if a page was edited since; nothing is lost.
 */
function restore(): void {
  if (!existsSync(originals)) return;
  const packed = JSON.parse(readFileSync(join(originals, list), 'utf8')) as string[];
  for (const page of packed.filter((path) => path.endsWith('.md'))) {
    const original = readFileSync(join(originals, page), 'utf8');
    const current = readFileSync(page, 'utf8');
    if (current === original) continue;
    if (current !== withoutDeadLinks(original, page, packed)) {
      throw new Error(
        `${page} was edited while it was packed; merge ${join(originals, page)} into it, then delete ${originals}`,
      );
    }
    copyFileSync(join(originals, page), page);
  }
  rmSync(originals, { recursive: true });
}

/** Paths of the files that npm packs, with forward slashes. */
function packedFiles(): string[] {
  const json = execFileSync('npm pack --dry-run --json --ignore-scripts', { encoding: 'utf8', shell: true });
  const [{ files }] = Object.values(JSON.parse(json) as Record<string, { files: { path: string }[] }>);
  return files.map(({ path }) => path);
}

function withoutDeadLinks(text: string, page: string, packed: readonly string[]): string {
  const isDead = (target: string) => {
    if (/^(https?:|#)/.test(target)) return false;
    // npm's site shows README.md alone.
    if (page === 'README.md') return true;
    const path = posix.join(posix.dirname(page), target.replace(/#.*/, ''));
    return !packed.includes(path);
  };
  const inProse = (prose: string) =>
    prose
      .replace(/^<!-- figures: .*? -->\n.*?^<!-- \/figures -->\n+/gms, '')
      .replace(/^!\[[^\]]*\]\(([^)]*)\)\n+/gm, (picture, target) => (isDead(target) ? '' : picture))
      // A line that only leads to a translation.
      .replace(/^\[[^\]]*\]\((README\.\w+\.md)\)\n/gm, (link, target) => (isDead(target) ? '' : link))
      .replace(/\[([^\]]*)\]\(([^)\s]*)\)/g, (link, label, target) => (isDead(target) ? label : link));
  // Every second part is a block of code.
  return text
    .split(/^(```.*?^```$)/gms)
    .map((part, i) => (i % 2 === 0 ? inProse(part) : part))
    .join('');
}
