import { readFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';
import { type ShippedModel, shippedModels } from '../src/hub/resolve-model.ts';
import { describeModelFile } from '../src/model-file/model-file.ts';
import { ortFiles, ortFolder } from '../src/server/page/ort-files.ts';
import { thirdPartyNotices } from './third-party-notices.ts';

const root = import.meta.dirname;
const { version } = JSON.parse(readFileSync(join(root, '..', 'package.json'), 'utf8'));

/**
 * Builds the page that the server sends, in `dist/web/`; with `--mode static`, a page for any static host, in `out/web/`,
 * including the shipped models and ONNX Runtime's files.
 */
export default defineConfig(async ({ mode }) => {
  const notices = thirdPartyNotices();
  const isStatic = mode === 'static';
  const shipped = isStatic ? await shippedModels() : [];
  const offered = await Promise.all(
    shipped.map(async (model) => ({ file: basename(model.path), facts: await factsOf(model) })),
  );
  return {
    root,
    // Relative, so that the page works in any folder.
    base: './',
    define: { __MODELS__: JSON.stringify(offered), __VERSION__: JSON.stringify(version) },
    resolve: {
      // ONNX Runtime's files are served from `ort/`, not bundled.
      conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions],
    },
    worker: { format: 'es' as const, plugins: () => [notices.collect(), withoutThreadFiles()] },
    build: {
      outDir: join(root, '..', isStatic ? 'out' : 'dist', 'web'),
      emptyOutDir: true,
      target: 'es2022',
      // Inlining small assets as data URLs would need a looser content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
    plugins: [
      notices.collect(),
      notices.write(),
      withoutThreadFiles(),
      ...(isStatic ? [besideThePage(shipped)] : []),
    ],
  };
});

/** See `ModelFacts` of the page. */
async function factsOf({ path }: ShippedModel) {
  const { config, card } = await describeModelFile(path);
  return { categories: config.categories, defaultScore: config.defaultScore, card };
}

/** Leaves out the copies of ONNX Runtime's files that other pages get from `src/runtime/thread-files.ts`. */
function withoutThreadFiles(): Plugin {
  return {
    name: 'without-thread-files',
    load: (id) => (id.endsWith('/runtime/thread-files.ts') ? 'export const threadFiles = undefined;' : null),
  };
}

/** Copies what the server would add: ONNX Runtime's files and the shipped models. */
function besideThePage(shipped: readonly ShippedModel[]): Plugin {
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
        shipped.map(({ path }) => path),
        join(out, 'models'),
      );
    },
  };
}

async function copyAll(files: readonly string[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all(files.map((file) => copyFile(file, join(folder, basename(file)))));
}
