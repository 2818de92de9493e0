import { execFile } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { drawNuclei } from '../../examples/demo/draw-nuclei.ts';
import { compilerPath, packageFolder } from './built-package.ts';
import type { Finished } from './cli-process.ts';
import { writeSquares } from './square-pictures.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What the programs of Node are compiled with; `emit` puts their JavaScript into `built/`. */
const nodeOptions = { module: 'NodeNext', types: ['node'], rootDir: '.', outDir: 'built' };
/** What a page that Vite bundles is compiled with. */
const browserOptions = {
  module: 'ESNext',
  moduleResolution: 'Bundler',
  lib: ['ES2023', 'DOM', 'DOM.Iterable'],
  types: [],
  noEmit: true,
};

/**
 * A project whose only dependency is the built package, with the files that the pages name. It lies inside the
 * repository, where Node finds the dependencies of the package.
 */
export class DocsProject {
  readonly folder: string;

  constructor() {
    mkdirSync(join(root, 'out'), { recursive: true });
    this.folder = mkdtempSync(join(root, 'out', 'docs-code-'));
    mkdirSync(this.at('node_modules'));
    symlinkSync(packageFolder, this.at('node_modules', 'mask-rcnn'), 'junction');
    writeFileSync(this.at('package.json'), JSON.stringify({ type: 'module', private: true }));
  }

  at(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  /** Pictures, `notes.txt`, the stack `stack.ome.tif`, the models `cells.safetensors` and `fcn.pth`, and a data set of two pictures under the names that the pages give it. */
  async writeFixtures(): Promise<void> {
    copyFileSync(join(root, 'examples', 'demo', 'pictures', 'airport.jpg'), this.at('photo.jpg'));
    const { width, height, data } = drawNuclei({ seed: 3, width: 160, height: 120 }).picture;
    await sharp(data, { raw: { width, height, channels: 3 } }).toFile(this.at('cells.png'));
    writeFileSync(this.at('notes.txt'), 'not a picture');
    copyFileSync(join(root, 'test', 'golden', 'tiff', 'ome.tif'), this.at('stack.ome.tif'));
    mkdirSync(this.at('pictures'));
    const { images, annotations } = JSON.parse(readFileSync(writeSquares(this.at('pictures'), 2, 1), 'utf8'));
    const dataset = {
      images,
      annotations: annotations.map((annotation: object) => ({ ...annotation, category_id: 1 })),
      categories: [{ id: 1, name: 'nucleus' }],
    };
    for (const name of ['val.json', 'instances_train.json']) {
      writeFileSync(this.at(name), JSON.stringify(dataset));
    }
    for (const name of ['1.png', '2.png']) copyFileSync(this.at('pictures', name), this.at(name));
    copyFileSync(join(root, 'models', 'nuclei.safetensors'), this.at('cells.safetensors'));
    copyFileSync(join(root, 'test', 'golden', 'semantic', 'fcn.pth'), this.at('fcn.pth'));
  }

  /** Type-checks the files with all strictness. @returns What the compiler says. */
  async compile(files: readonly string[], platform: 'node' | 'browser'): Promise<string> {
    const compilerOptions = {
      ...(platform === 'node' ? nodeOptions : browserOptions),
      target: 'ES2022',
      strict: true,
      skipLibCheck: true,
    };
    const path = this.at(`tsconfig.${platform}.json`);
    writeFileSync(path, JSON.stringify({ compilerOptions, files }));
    return (await this.node([compilerPath, '-p', path])).stdout;
  }

  /** Runs Node in the folder. */
  node(args: readonly string[]): Promise<Finished> {
    return new Promise((resolve) => {
      execFile(process.execPath, args, { cwd: this.folder }, (error, stdout, stderr) =>
        resolve({ status: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
