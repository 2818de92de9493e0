import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { InputError, UsageError } from '../../core/errors.ts';
import { openNodeRuntime } from '../../runtime/open-node-runtime.ts';
import { describeFailure, exitCodeOf, ReportedFailure } from './failure.ts';

test('the exit status distinguishes wrong usage from failure', () => {
  expect(exitCodeOf(new InputError('a.png', 'no such file'))).toBe(1);
  expect(exitCodeOf(new ReportedFailure('2 of 3 failed'))).toBe(1);
  expect(exitCodeOf(new TypeError('x'))).toBe(1);
  expect(exitCodeOf('thrown text')).toBe(1);
  expect(exitCodeOf(new UsageError('x'))).toBe(2);
  expect(exitCodeOf(new CommanderError(1, 'commander.unknownOption', 'x'))).toBe(2);
  expect(exitCodeOf(new CommanderError(0, 'commander.version', '0.1.0'))).toBe(0);
});

test('an error that the user can fix is one line', () => {
  const error = new InputError('a.png', 'no such file');
  expect(describeFailure(error, false)).toBe('mask-rcnn: a.png: no such file');
});

test('a device that cannot be used is named as the option', async () => {
  const error: unknown = await openNodeRuntime(process.platform === 'win32' ? 'coreml' : 'dml').catch(
    (thrown: unknown) => thrown,
  );
  expect(exitCodeOf(error)).toBe(2);
  expect(describeFailure(error, false)).toMatch(
    /^mask-rcnn: --device (dml|coreml) cannot be used here; this machine has cpu/,
  );
});

test('an unexpected error is one line with a hint', () => {
  expect(describeFailure(new TypeError('x is\n  not a function'), false)).toBe(
    'mask-rcnn: unexpected error: x is not a function (set MASK_RCNN_DEBUG=1 for a stack trace)',
  );
});

test('debugging shows the stack and the causes', () => {
  const cause = new Error('ENOSPC');
  const text = describeFailure(new InputError('out', 'cannot be written', { cause }), true);
  expect(text).toMatch(
    /^mask-rcnn: out: cannot be written\nInputError: [\s\S]+caused by: Error: ENOSPC\n {4}at /,
  );
});
