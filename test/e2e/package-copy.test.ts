import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageFolder } from '../support/built-package.ts';
import { runProcess } from '../support/cli-process.ts';
import { TestFolder } from '../support/folder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const packages = join(root, 'node_modules');
const native = 'onnxruntime-node';
const isInstalled = existsSync(join(packages, native));

it('names no file that it lacks in a form in which bundlers look for files', () => {
  const files = readdirSync(join(packageFolder, 'dist'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js') && !name.startsWith('web'))
    .map((name) => join(packageFolder, 'dist', name));
  expect(files.length).toBeGreaterThan(10);
  const named = files.flatMap((file) =>
    [
      ...readFileSync(file, 'utf8').matchAll(/new URL\(\s*["'`](\.[^"'`]*)["'`],\s*import\.meta\.url\s*\)/g),
    ].map(([, name]) => join(dirname(file), name)),
  );
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
});

describe.skipIf(!isInstalled)('the package where the native library does not load', () => {
  const folder = new TestFolder();
  const predict = (...args: string[]) =>
    runProcess(process.execPath, [
      folder.at('dist/cli/main.js'),
      'predict',
      join(root, 'docs', 'images', 'cells.png'),
      ...args,
    ]);

  // A copy, without the models, with all packages that it needs but for the library itself.
  beforeAll(() => {
    for (const name of ['dist', 'package.json'])
      cpSync(join(packageFolder, name), folder.at(name), { recursive: true });
    mkdirSync(folder.at('node_modules'));
    for (const name of readdirSync(packages))
      if (name !== native) symlinkSync(join(packages, name), folder.at(`node_modules/${name}`), 'junction');
    cpSync(join(packages, native), folder.at(`node_modules/${native}`), {
      recursive: true,
      filter: (path) => !/^(lib)?onnxruntime.*\.(so|dylib|dll)/.test(basename(path)),
    });
  });
  afterAll(() => folder.remove());

  it('predicts on WebAssembly, and gives the reason in one line', async () => {
    const model = join(root, 'models', 'nuclei.safetensors');
    const { status, stdout, stderr } = await predict('--model', model, '--min-size', '256', '--json', '-');
    expect(status, stderr).toBe(0);
    expect((JSON.parse(stdout) as unknown[]).length).toBeGreaterThan(10);
    expect(stderr.match(/^mask-rcnn: .*$/gm)).toEqual([
      expect.stringMatching(/^mask-rcnn: onnxruntime-node cannot be loaded \(.*\); running on WebAssembly/),
    ]);
  });

  it('says where its models should be', async () => {
    const { status, stderr } = await predict('--model', 'nuclei', '--json', '-');
    expect(status).toBe(1);
    expect(stderr).toContain(
      `nuclei: no such file, and the package's models are not in ${folder.at('models')}`,
    );
  });
});
