/**
 * Packs the compiled package, without page and models, as `.cache/check-package/package.tgz`. `npm run check:package` lets
 * publint and attw look there for what would fail in a user's project: files that are not packed, exports and types that
 * do not resolve.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const folder = join(root, '.cache', 'check-package');

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const file of ['package.json', 'README.md', 'LICENSE'])
  copyFileSync(join(root, file), join(folder, file));
const compile = ['--import', 'tsx', 'scripts/compile.ts', join(folder, 'dist')];
execFileSync(process.execPath, compile, { cwd: root, stdio: 'inherit' });
const name = execFileSync('npm pack --silent --ignore-scripts', {
  cwd: folder,
  encoding: 'utf8',
  shell: true,
});
renameSync(join(folder, name.trim()), join(folder, 'package.tgz'));
