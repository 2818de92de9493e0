import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { packageFolder } from '../support/built-package.ts';
import { runProcess } from '../support/cli-process.ts';

const announce = JSON.stringify(
  pathToFileURL(join(packageFolder, 'dist', 'core', 'node', 'announce.js')).href,
);
const worker = `import { announce } from ${announce}; announce('a worker says so');`;

/** Runs a program that starts two workers, each of which announces a line. @returns What all write to stderr. */
async function stderrOf(before: string): Promise<string> {
  const program = `
    import { spawnSync } from 'node:child_process';
    import { announce, workerEnvironment } from ${announce};
    ${before}
    for (const _ of [1, 2]) {
      const args = ['--input-type=module', '--eval', ${JSON.stringify(worker)}];
      spawnSync(process.execPath, args, { env: workerEnvironment(), stdio: 'inherit' });
    }`;
  const { stderr } = await runProcess(process.execPath, ['--input-type=module', '--eval', program]);
  return stderr;
}

it('announces a line once, by the first worker process', async () => {
  expect(await stderrOf('')).toBe('mask-rcnn: a worker says so\n');
});

it('lets no worker repeat what the program itself announced', async () => {
  expect(await stderrOf("announce('the program says so');")).toBe('mask-rcnn: the program says so\n');
});
