import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCocoDataset } from '../../src/data/coco/coco.ts';
import { examplesOf } from '../support/api-examples.ts';
import { compilerPath, packageFolder } from '../support/built-package.ts';
import { runProcess } from '../support/cli-process.ts';
import { type ProgramOutcome, runPrograms } from '../support/run-programs.ts';
import { writeSquares } from '../support/square-pictures.ts';
import { importTiny, tinyPath, writeTinyConfig } from '../support/tiny-model.ts';

const examples = examplesOf('src/index.ts');
const out = fileURLToPath(new URL('../../out/', import.meta.url));
mkdirSync(out, { recursive: true });
/** Inside the repository, where Node and the compiler find the dependencies of the package. */
const folder = mkdtempSync(join(out, 'api-examples-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...parts: string[]) => join(folder, ...parts);

/** What a user's folder contains whose code the examples are. */
beforeAll(async () => {
  for (const name of ['node_modules', 'pictures', 'labels']) mkdirSync(at(name));
  symlinkSync(packageFolder, at('node_modules', 'mask-rcnn'), 'junction');
  writeFileSync(at('package.json'), JSON.stringify({ type: 'module' }));
  const compilerOptions = {
    strict: true,
    target: 'es2022',
    module: 'nodenext',
    types: ['node'],
    outDir: 'js',
  };
  writeFileSync(at('tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  for (const { name, code } of examples) writeFileSync(at(`${name}.ts`), `${code}\n`);

  copyFileSync(writeSquares(at('pictures'), 3, 1), at('train.json'));
  await sharp(at('pictures', '1.png')).jpeg().toFile(at('photo.jpg'));
  const { annotations } = await readCocoDataset(at('train.json'));
  const results = annotations.map(({ id, iscrowd: _, ...rest }) => ({ ...rest, score: 1 / (1 + id) }));
  writeFileSync(
    at('results.json'),
    JSON.stringify(results, (_, value) => (ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value)),
  );
  const shape = {
    label: 'cell',
    points: [
      [1, 1],
      [9, 1],
      [5, 9],
    ],
    shape_type: 'polygon',
  };
  const labels = { shapes: [shape], imagePath: '1.png', imageWidth: 96, imageHeight: 96 };
  writeFileSync(at('labels', '1.json'), JSON.stringify(labels));

  copyFileSync(fileURLToPath(new URL('../golden/semantic/fcn.pth', import.meta.url)), at('fcn.pth'));
  copyFileSync(tinyPath('mask-v2.pth'), at('weights.pth'));
  copyFileSync(await writeTinyConfig('mask-v2', folder), at('config.json'));
  copyFileSync(await importTiny('mask-v2', folder), at('model.safetensors'));
});

it.each(examples)('$name has an example', ({ code }) => {
  expect(code ?? 'none').toMatch(/from 'mask-rcnn'/);
});

it('the examples compile under strict', async () => {
  const args = [compilerPath, '-p', 'tsconfig.json'];
  const { status, stdout } = await runProcess(process.execPath, args, { cwd: folder });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

describe('when the examples run', () => {
  const fileOf = (name: string) => `js/${name}.js`;
  let outcomes: Record<string, ProgramOutcome>;

  beforeAll(async () => {
    outcomes = await runPrograms(
      folder,
      examples.map(({ name }) => fileOf(name)),
    );
  });

  it.each(examples)('that of $name ends well and writes nothing to stderr', ({ name }) => {
    expect(outcomes[fileOf(name)]).toEqual({ failure: null, stderr: '' });
  });
});
