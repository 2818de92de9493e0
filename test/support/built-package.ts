import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from './build-page.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The package as it is published, compiled from the present sources. Tests that start processes or threads run it, as
 * users do: running the sources would start a compiler in each of them. It lies inside the repository, where Node finds
 * its dependencies.
 */
export const packageFolder = join(root, '.cache', 'test-package');

/** The command line, to be run by Node. */
export const cliPath = join(packageFolder, 'dist', 'cli', 'main.js');

/** The web page as the server serves it. */
export const pageFolder = join(packageFolder, 'dist', 'web');

/** Path of the TypeScript compiler, to be run by Node. */
export const compilerPath = join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc');

/** Modules that tests load by themselves. */
const testedAlone = ['server/start-server', 'core/node/announce', 'core/tensor', 'train/checkpoint'];

/** Written last: a package that has it is complete. */
const manifest = join(packageFolder, 'package.json');
const packedAsTheyAre = ['models', 'README.md', 'LICENSE'];
const inputs = [
  ...packedAsTheyAre,
  'src',
  'web',
  'examples/demo',
  // The tiny models are imported into the package's folder.
  'test/golden/inference',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/compile.ts',
];

/** Vitest's global setup: builds the package unless it is newer than everything that it is made from. */
export async function setup(): Promise<void> {
  const changed = Math.max(...inputs.map((name) => lastChange(join(root, name))));
  if (existsSync(manifest) && statSync(manifest).mtimeMs > changed) return;
  rmSync(packageFolder, { recursive: true, force: true });
  mkdirSync(packageFolder, { recursive: true });
  for (const name of packedAsTheyAre)
    cpSync(join(root, name), join(packageFolder, name), { recursive: true });
  await Promise.all([compile(), buildPage(pageFolder)]);
  writeFileSync(manifest, readFileSync(join(root, 'package.json')));
}

/** Time of the last change in a file or a folder, in milliseconds; removing a file changes its folder. */
function lastChange(path: string): number {
  const entry = statSync(path);
  if (!entry.isDirectory()) return entry.mtimeMs;
  return Math.max(entry.mtimeMs, ...readdirSync(path).map((name) => lastChange(join(path, name))));
}

function compile(): Promise<void> {
  const args = ['--import', 'tsx', 'scripts/compile.ts', join(packageFolder, 'dist'), ...testedAlone];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: root }, (error, stdout, stderr) => {
      if (error) reject(new Error(`the package does not compile:\n${stdout}${stderr}`));
      else resolve();
    });
  });
}
