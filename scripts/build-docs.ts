/**
 * `npm run docs` builds the documentation site: the pages by VitePress, and below them the API reference (`api/`) by
 * TypeDoc and the static page (`demo/`) by Vite. Any static host serves it.
 */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Application } from 'typedoc';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'out', 'docs') },
    /** The path that the site is hosted at, with slashes at both ends. */
    base: { type: 'string', default: '/' },
  },
});
const out = resolve(values.out);

run('vitepress/bin/vitepress.js', 'build', 'docs', '--base', values.base, '--outDir', out);
await writeReference();
run('vite/bin/vite.js', 'build', 'web', '--mode', 'static', '--outDir', join(out, 'demo'), '--emptyOutDir');

/** @throws Error where the sources do not compile. */
async function writeReference(): Promise<void> {
  const typedoc = await Application.bootstrap({
    name: 'mask-rcnn',
    entryPoints: ['src/index.ts', 'src/browser.ts'],
    tsconfig: 'tsconfig.build.json',
    readme: 'none',
    includeVersion: true,
    excludePrivate: true,
    // Links to sources need the address of a repository.
    disableSources: true,
    navigationLinks: { Guide: values.base },
  });
  const project = await typedoc.convert();
  if (!project) throw new Error('TypeDoc could not read the sources');
  await typedoc.generateDocs(project, join(out, 'api'));
}

function run(program: string, ...args: string[]): void {
  execFileSync(process.execPath, [join(root, 'node_modules', program), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
}
