import { Command } from 'commander';
import { unlessAborted } from '../../core/abort.ts';
import { InputError, MaskRcnnError } from '../../core/errors.ts';
import { pause } from '../../core/node/pause.ts';
import { plural } from '../../core/plural.ts';
import type { RunState, RunStates } from '../../queue/run-state.ts';
import {
  cancelRun,
  isDone,
  isSettled,
  type QueueStatus,
  queueStatus,
  retryFailed,
  secondsLeft,
} from '../../queue/status.ts';
import { formatDuration } from '../terminal/format.ts';
import { print, writeJson } from '../terminal/output.ts';
import { onStopSignal } from '../terminal/process-guards.ts';
import { collectCommand } from './collect.ts';
import { addQueueOption, type QueueOptions, withQueue } from './queue-options.ts';

interface JobsOptions extends QueueOptions {
  watch?: true;
  json?: true;
}

/** Milliseconds between two states of `--watch`. */
const watchMs = 2000;

/** `mask-rcnn jobs`: shows and controls the runs of a queue. */
export function jobsCommand(): Command {
  const jobs = new Command('jobs')
    .enablePositionalOptions()
    .summary('show and control the runs of a queue')
    .description('Shows the runs of a queue with their progress, the jobs that failed and the workers.')
    .option(
      '--watch',
      'show the state again every two seconds, until all runs are done or have only failed jobs left',
    )
    .option('--json', 'print it as JSON')
    .action(showAction);
  const cancel = new Command('cancel')
    .summary('stop a run')
    .description(
      'Removes the waiting jobs of a run. Workers finish the jobs in hand. Submitting again resumes it.',
    )
    .argument('<run>', 'the id that submit printed, or its --out')
    .action((run: string, _: unknown, command: Command) => cancelAction(run, command.optsWithGlobals()));
  const retry = new Command('retry')
    .summary('try failed jobs again')
    .description('Puts the failed jobs of a run, or of all runs, back into the queue.')
    .argument('[run]', 'the id that submit printed, or its --out')
    .action((run: string | undefined, _: unknown, command: Command) =>
      retryAction(run, command.optsWithGlobals()),
    );
  addQueueOption(jobs);
  for (const command of [addQueueOption(cancel), addQueueOption(retry), collectCommand()])
    jobs.addCommand(command);
  return jobs.addHelpText(
    'after',
    `
Examples:
  mask-rcnn jobs --queue redis://queue.example:6379 --watch
  mask-rcnn jobs cancel results --queue redis://queue.example:6379`,
  );
}

async function showAction(options: JobsOptions): Promise<void> {
  const stop = new AbortController();
  const restore = options.watch ? onStopSignal(() => stop.abort()) : () => {};
  const unfinished = await withQueue(options, async ({ queue, states }) => {
    for (;;) {
      const status = await unlessAborted(queueStatus(queue, states), stop.signal).catch((error: unknown) => {
        if (stop.signal.aborted) return null;
        throw error;
      });
      if (status === null) return [];
      if (options.json) await writeJson('-', status);
      else for (const line of describe(status)) await print(line);
      if (!options.watch) return [];
      if (isSettled(status)) return status.runs.filter((run) => !isDone(run));
      await pause(watchMs, stop.signal).catch(() => {});
    }
  });
  restore();
  if (unfinished.length > 0) throw new MaskRcnnError(unfinishedLine(unfinished));
}

/** Why `--watch` ends although there are pictures without a record. */
function unfinishedLine(runs: QueueStatus['runs']): string {
  const pictures = runs.reduce((sum, { listed, done }) => sum + listed - done, 0);
  const what = `${plural(pictures, 'picture')} of ${plural(runs.length, 'run')} left undone`;
  return runs.some(({ failedJobs }) => failedJobs > 0)
    ? `${what}: jobs failed; fix the causes above, then run mask-rcnn jobs retry`
    : `${what}: the queue has no jobs for them; run the same submit again`;
}

async function cancelAction(name: string, options: QueueOptions): Promise<void> {
  await withQueue(options, async ({ queue, states }) => {
    const run = await findRun(states, name);
    await cancelRun(queue, states, run.id);
    await print(`run ${run.id}: cancelled at ${progressOf(run)}`);
  });
}

async function retryAction(name: string | undefined, options: QueueOptions): Promise<void> {
  await withQueue(options, async ({ queue, states }) => {
    const run = name === undefined ? undefined : await findRun(states, name);
    await print(`${plural(await retryFailed(queue, run?.id), 'job')} queued again`);
  });
}

async function findRun(states: RunStates, name: string): Promise<RunState> {
  const runs = await states.all();
  const found = runs.filter(({ id, out }) => id === name || out === name).at(-1);
  if (found) return found;
  const known =
    runs.length === 0 ? 'it has none' : `it has ${runs.map(({ id, out }) => `${id} (${out})`).join(', ')}`;
  throw new InputError(name, `the queue has no such run; ${known}`);
}

function* describe({ runs, jobs, failures, workers }: QueueStatus): Generator<string> {
  for (const run of runs) {
    const left = secondsLeft(run);
    const parts = [
      `run ${run.id}: ${progressOf(run)}`,
      ...(run.failed > 0 ? [`${run.failed} failed`] : []),
      ...(run.failedJobs > 0 ? [`${plural(run.failedJobs, 'job')} failed`] : []),
      ...(run.rate > 0 ? [`${run.rate.toPrecision(3)}/s`] : []),
      ...(left === null || left <= 0 ? [] : [`${formatDuration(left)} left`]),
      ...(run.cancelled ? ['cancelled'] : []),
    ];
    yield `${parts.join(', ')}; ${run.model} → ${run.out}`;
  }
  if (runs.length === 0) yield 'no runs';
  yield `jobs: ${jobs.waiting} waiting, ${jobs.active} active, ${jobs.failed} failed`;
  for (const { id, reason } of failures) yield `  ${id}: ${reason}`;
  const list = workers.map(({ name, pictures }) => `${name} (${plural(pictures, 'picture')})`).join(', ');
  yield workers.length === 0 ? 'workers: none' : `workers: ${list}`;
}

function progressOf({ done, listed, complete }: RunState): string {
  return complete ? `${done}/${plural(listed, 'picture')}` : `${done}/${listed} pictures, more being listed`;
}
