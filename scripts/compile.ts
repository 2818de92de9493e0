/**
 * `tsx scripts/compile.ts [folder [module…]]`: compiles the package into a folder, `dist` by default, which is replaced. There is
 * a declaration file for each source file, but the code is joined into fewer files, because a program starts more slowly the
 * more modules it loads. Modules that are named, such as `core/tensor`, get a file as well.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join, posix, resolve, sep } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';

const root = join(import.meta.dirname, '..');
const sources = join(root, 'src');
const [target = 'dist', ...named] = process.argv.slice(2);
const folder = resolve(root, target);
const entries = ['index', 'browser', 'cli/main', ...named];
const zod = join(root, 'node_modules', 'zod');
const isOfZod = (id: string) => id.startsWith(zod + sep);
const licenceOfZod = `/*! Contains zod.\n${readFileSync(join(zod, 'LICENSE'), 'utf8')}*/`;

rmSync(folder, { recursive: true, force: true });
const compiler = join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc');
const declarations = ['-p', 'tsconfig.build.json', '--outDir', folder];
execFileSync(process.execPath, [compiler, ...declarations], { cwd: root, stdio: 'inherit' });
const bundle = await rolldown({
  input: Object.fromEntries(entries.map((name) => [name, join(sources, `${name}.ts`)])),
  platform: 'node',
  // The user's package manager installs the packages. zod alone is joined in, without what is not used of it: its messages in
  // 50 languages are as many modules, which would be loaded at each start.
  external: (id) => !/^[./]/.test(id) && id !== 'zod',
  plugins: [modulesByUrl()],
});
await bundle.write({
  dir: folder,
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
  banner: ({ moduleIds }) => (moduleIds.some(isOfZod) ? licenceOfZod : ''),
});
chmodSync(join(folder, 'cli', 'main.js'), 0o755);

/**
 * Replaces `import.meta.url` by the address that the module would have as a file of its own, so that what is looked up
 * relative to it is found in whichever file its code ends up. Modules that are started by their address, as threads or
 * processes, get a file there.
 */
function modulesByUrl(): Plugin {
  const started = /new URL\('(\.[^']+)', import\.meta\.url\)/g;
  const pathOf = (id: string) =>
    id
      .slice(sources.length + 1, -'.ts'.length)
      .split(sep)
      .join('/');
  return {
    name: 'modules-by-url',
    transform(code, id) {
      const path = pathOf(id);
      for (const [, target] of code.matchAll(started)) {
        const module = posix.join(posix.dirname(path), target);
        const file = join(sources, `${module}.ts`);
        if (existsSync(file)) this.emitFile({ type: 'chunk', id: file, fileName: `${module}.js` });
      }
      // The address of a file of another package is left for the user's bundler.
      return code.replaceAll(/(?<!new URL\('[^.'][^']*', )import\.meta\.url/g, `moduleUrl("${path}.js")`);
    },
    renderChunk(code, { fileName }) {
      const relative = (path: string) =>
        posix.relative(posix.dirname(fileName), path).replace(/^(?!\.)/, './');
      return code.replace(
        /moduleUrl\("([^"]+)"\)/g,
        // `import.meta.url` alone as the base would be a file for the bundler of the user's program to copy.
        (_, path) => `new URL("${relative(path)}", String(import.meta.url)).href`,
      );
    },
  };
}
