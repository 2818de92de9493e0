import { existsSync, readFileSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageFolder } from './built-package.ts';
import { runCli } from './cli-process.ts';

interface Manifest {
  models: Record<string, { config: object; weights: string }>;
}

/** A file of test/golden/inference, written by test/oracle/inference_small.py. */
export function tinyPath(name: string): string {
  return fileURLToPath(new URL(`../golden/inference/${name}`, import.meta.url));
}

/** Writes the configuration of a tiny model, as `--config` takes it. @returns Its path. */
export async function writeTinyConfig(model: string, folder: string): Promise<string> {
  const manifest = JSON.parse(readFileSync(tinyPath('manifest.json'), 'utf8')) as Manifest;
  const path = join(folder, `${model}.config.json`);
  await writeFile(path, JSON.stringify(manifest.models[model].config));
  return path;
}

/** Imports a tiny model by the command line, once for all tests. @returns Path of a copy in the folder. */
export async function importTiny(model: string, folder: string): Promise<string> {
  const imported = join(packageFolder, `${model}.safetensors`);
  if (!existsSync(imported)) {
    const config = await writeTinyConfig(model, folder);
    const args = ['import', tinyPath(`${model}.pth`), '--config', config, '--out', imported];
    const { status, stderr } = await runCli(args);
    if (status !== 0) throw new Error(stderr);
  }
  const copy = join(folder, `${model}.safetensors`);
  await copyFile(imported, copy);
  return copy;
}
