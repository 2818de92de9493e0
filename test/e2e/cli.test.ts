import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';
import { runCli } from '../support/cli-process.ts';
import { runCommand } from '../support/run-command.ts';

const program = await buildProgram([]);
const names = program.commands.map((command) => command.name());
afterEach(() => vi.restoreAllMocks());

describe('help', () => {
  test('the program lists every command and exits with 0', async () => {
    const { status, stdout, stderr } = await runCli(['--help']);
    expect([status, stderr]).toEqual([0, '']);
    for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });

  test.each(names)('%s explains itself with an example on stdout', async (name) => {
    const { stdout, error } = await runCommand(program, [name, '--help']);
    expect(error).toMatchObject({ exitCode: 0 });
    expect(stdout).toMatch(new RegExp(`^Usage: mask-rcnn ${name} `));
    expect(stdout).toMatch(new RegExp(`^Examples?:\\n  mask-rcnn ${name}\\b`, 'm'));
  });

  test('the help of a command is printed with exit status 0', async () => {
    const { status, stdout, stderr } = await runCli(['pull', '--help']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: mask-rcnn pull /);
  });

  test('without a command help goes to stderr, as wrong usage', async () => {
    const { status, stdout, stderr } = await runCli([]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: mask-rcnn');
  });

  test('--version is the package version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await runCli(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('wrong usage: one line on stderr, status 2', () => {
  const cases: [string, string[], RegExp][] = [
    ['misspelt command', ['pul'], /unknown command 'pul' \(Did you mean pull\?\)/],
    ['misspelt option', ['models', '--jsno'], /unknown option '--jsno' \(Did you mean --json\?\)/],
    ['missing argument', ['pull'], /missing required argument 'name'/],
    ['surplus argument', ['models', 'x'], /too many arguments/],
    ['name of an inherited property', ['toString'], /unknown command 'toString'/],
  ];
  test.each(cases)('%s', async (_name, args, message) => {
    const { status, stdout, stderr } = await runCli(args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^mask-rcnn: [^\n]+\n$/);
  });
});

describe('failure: one line on stderr, status 1', () => {
  test('an unknown model lists near names', async () => {
    const { status, stdout, stderr } = await runCli(['pull', 'maskrcnn_resnet50_fnp_coco']);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^mask-rcnn: maskrcnn_resnet50_fnp_coco: [^\n]*did you mean maskrcnn_resnet50_fpn_coco[^\n]*\n$/,
    );
  });

  test('MASK_RCNN_DEBUG=1 adds the stack', async () => {
    const { status, stderr } = await runCli(['pull', 'nothing'], { env: { MASK_RCNN_DEBUG: '1' } });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^mask-rcnn: nothing: [^\n]*\nMaskRcnnError: [\s\S]*\n {4}at /);
  });
});

test('a reader that closes stdout ends the process quietly', async () => {
  const { stderr } = await runCli(['models', '--json'], { onStart: (child) => child.stdout?.destroy() });
  expect(stderr).toBe('');
});
