import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';
import { ortFiles, ortFolder } from '../src/server/page/ort-files.ts';

const root = import.meta.dirname;
const models = join(root, '..', 'models');

/**
 * The page: by default the one that the server serves, in `dist/web/`; with `--mode static` one for any static host, in
 * `out/web/`, with the shipped models and ONNX Runtime's files beside it.
 */
export default defineConfig(async ({ mode }) => {
  const isStatic = mode === 'static';
  const shipped = isStatic ? (await readdir(models)).filter((name) => name.endsWith('.safetensors')) : [];
  return {
    root,
    // Relative, so that the page works in any folder.
    base: './',
    define: { __MODELS__: JSON.stringify(shipped) },
    resolve: {
      // The plain WebAssembly build, a fourth of the default one; its files are served from `ort/`, not bundled.
      alias: [{ find: /^onnxruntime-web$/, replacement: 'onnxruntime-web/wasm' }],
      conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions],
    },
    worker: { format: 'es' as const },
    build: {
      outDir: join(root, '..', isStatic ? 'out' : 'dist', 'web'),
      emptyOutDir: true,
      target: 'es2022',
      // Small assets as data: addresses would need a looser content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
    plugins: isStatic ? [besideThePage(shipped)] : [],
  };
});

/** Copies what a server would add: ONNX Runtime's files, the shipped models, and headers where hosts read them. */
function besideThePage(shipped: readonly string[]): Plugin {
  return {
    name: 'beside-the-page',
    async writeBundle({ dir }) {
      const out = String(dir);
      const runtime = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
      await copyAll(
        ortFiles.map((name) => join(runtime, name)),
        join(out, ortFolder),
      );
      await copyAll(
        shipped.map((name) => join(models, name)),
        join(out, 'models'),
      );
    },
  };
}

async function copyAll(files: readonly string[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all(files.map((file) => copyFile(file, join(folder, basename(file)))));
}
