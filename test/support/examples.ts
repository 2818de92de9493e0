import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { drawNuclei } from '../../examples/demo/draw-nuclei.ts';
import { load } from '../../src/predict/load/node.ts';
import { packageFolder } from './built-package.ts';
import type { Finished } from './cli-process.ts';

export const examplesFolder = fileURLToPath(new URL('../../examples/', import.meta.url));

/**
 * A copy of examples, each with the built package in its `node_modules`, and a picture beside them, `cells.png`.
 * The folder lies inside the repository, where Node finds the dependencies of the package.
 */
export class ExamplesCopy {
  readonly #folder: string;

  constructor(names: readonly string[]) {
    const out = fileURLToPath(new URL('../../out/', import.meta.url));
    mkdirSync(out, { recursive: true });
    this.#folder = mkdtempSync(join(out, 'examples-'));
    for (const name of names) {
      cpSync(join(examplesFolder, name), this.at(name), { recursive: true });
      mkdirSync(this.at(name, 'node_modules'));
      symlinkSync(packageFolder, this.at(name, 'node_modules', 'mask-rcnn'), 'junction');
    }
  }

  at(...parts: string[]): string {
    return join(this.#folder, ...parts);
  }

  async drawPicture(): Promise<void> {
    const { width, height, data } = drawNuclei({ seed: 3, width: 160, height: 120 }).picture;
    const raw = { width, height, channels: 3 } as const;
    writeFileSync(this.at('cells.png'), await sharp(data, { raw }).png().toBuffer());
  }

  /** Number of instances that the package finds in the picture. */
  async expectedCount(name = 'nuclei'): Promise<number> {
    const model = await load(name);
    const { instances } = await model.predict(this.at('cells.png'));
    await model.dispose();
    return instances.length;
  }

  /** Runs Node in the folder of an example. */
  node(args: readonly string[], name: string): Promise<Finished> {
    return new Promise((resolve) => {
      execFile(process.execPath, args, { cwd: this.at(name) }, (error, stdout, stderr) =>
        resolve({ status: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
