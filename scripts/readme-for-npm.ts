/**
 * npm shows README.md without the repository around it, where pictures and links to other files are dead. `prepack` takes
 * them out of the file that is packed, `postpack` (`--restore`) puts the original back.
 */
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const readme = join(root, 'README.md');
const folder = join(root, '.cache');
const original = join(folder, 'README.md');

if (process.argv.includes('--restore')) renameSync(original, readme);
else {
  mkdirSync(folder, { recursive: true });
  copyFileSync(readme, original);
  const text = readFileSync(readme, 'utf8');
  const isElsewhere = '(?!https?:|#)';
  const withoutPictures = text.replace(new RegExp(`^!\\[[^\\]]*\\]\\(${isElsewhere}[^)]*\\)\\n+`, 'gm'), '');
  const withoutTranslation = withoutPictures.replace(/^\[[^\]]*\]\(README\.\w+\.md\)\n/gm, '');
  writeFileSync(
    readme,
    withoutTranslation.replace(new RegExp(`\\[([^\\]]*)\\]\\(${isElsewhere}[^)]*\\)`, 'g'), '$1'),
  );
}
