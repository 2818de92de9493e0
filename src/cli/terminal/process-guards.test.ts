import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

/** Runs a program, sends it a signal when it prints `ready`, and returns how it ended. */
async function ending(program: string, signal: NodeJS.Signals): Promise<unknown[]> {
  const guards = new URL('process-guards.ts', import.meta.url).href;
  const leftovers = new URL('../../core/node/leftovers.ts', import.meta.url).href;
  const source = `
    import { guardProcess, onStopSignal } from ${JSON.stringify(guards)};
    import { addLeftover } from ${JSON.stringify(leftovers)};
    guardProcess();
    ${program}`;
  const args = ['--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', source];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.once('data', () => child.kill(signal));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [status, killedBy] = await once(child, 'close');
  return [status, killedBy, stderr];
}

const ready = "process.stdout.write('ready');";
const wait = 'setTimeout(() => {}, 60_000);';

test.each<[string, string, NodeJS.Signals, unknown[]]>([
  ['a loop without a pause', `${ready} for (;;);`, 'SIGTERM', [null, 'SIGTERM', '']],
  ['a process that has nothing to remove', `${ready} ${wait}`, 'SIGINT', [null, 'SIGINT', '']],
  [
    'a process with a partial file',
    `addLeftover('/nowhere/a.tmp'); ${ready} ${wait}`,
    'SIGINT',
    [130, null, 'mask-rcnn: interrupted\n'],
  ],
  [
    'a command that stops itself',
    `const timer = ${wait} onStopSignal(() => { process.exitCode = 7; clearTimeout(timer); }); ${ready}`,
    'SIGTERM',
    [7, null, ''],
  ],
  [
    'a command that is stopping already',
    `onStopSignal(() => process.kill(process.pid, 'SIGTERM')); ${ready} ${wait}`,
    'SIGINT',
    [143, null, 'mask-rcnn: terminated by SIGTERM\n'],
  ],
])('%s', async (_, program, signal, expected) => {
  expect(await ending(program, signal)).toEqual(expected);
});
