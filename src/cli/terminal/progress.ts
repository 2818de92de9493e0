import { Presets, SingleBar } from 'cli-progress';
import { oneLine } from '../../core/printable.ts';
import { formatBytes, formatDuration } from './format.ts';
import { print } from './output.ts';

/** A running count of work on stderr: a bar on a terminal, otherwise an occasional plain line. */
export interface Progress {
  /** Sets the amount done, and the total once it is known. */
  update(done: number, total?: number): void;
  /** Shows how much of the next unit is done, 0…1, and in words: `tile 3/25`. */
  within(fraction: number, text: string): void;
  /** Adds to the amount done. Default 1. */
  advance(amount?: number): void;
  /** Prints a line on stderr without corrupting the bar. */
  note(line: string): void;
  /** Prints a line, a result, on stdout without corrupting the bar. */
  print(line: string): Promise<void>;
  /** Shows the final state and leaves the row. Can be called more than once. */
  finish(): void;
}

export interface ProgressOptions {
  /** The unit, in the plural: `pictures`; `bytes` are shown as MB. Default `steps`. */
  unit?: string;
  /** Default stderr. */
  stream?: NodeJS.WriteStream;
  /** Minimum time between two plain lines, in milliseconds. Default 5000. */
  interval?: number;
}

/**
 * Starts a progress display.
 * @param label The activity: `predicting`.
 * @param total Null if it is not (yet) known.
 */
export function startProgress(label: string, total: number | null, options: ProgressOptions = {}): Progress {
  const { unit = 'steps', stream = process.stderr, interval = 5000 } = options;
  const shown = oneLine(label);
  const display = stream.isTTY ? barDisplay(shown, stream) : lineDisplay(shown, stream, interval);
  const started = performance.now();
  let done = 0;
  let running = true;
  let part = { fraction: 0, text: '' };
  const show = (last = false) => {
    const reached = done + part.fraction;
    const text = last
      ? describe(done, total, unit)
      : describe(done, total, unit) + part.text + timeLeft(reached, total, started);
    display.show(total ? Math.min(1, reached / total) : 0, text, last);
  };
  show();
  const progress: Progress = {
    update(nowDone, nowTotal) {
      done = nowDone;
      part = { fraction: 0, text: '' };
      total = nowTotal ?? total;
      if (running) show();
    },
    within(fraction, text) {
      part = { fraction, text: `, ${text}` };
      if (running) show();
    },
    advance: (amount = 1) => progress.update(done + amount),
    note: (line) => display.note(line),
    print: (line) => display.print(line),
    finish() {
      if (!running) return;
      running = false;
      show(true);
    },
  };
  return progress;
}

/**
 * Shows progress while work is done, and finishes the display after it, also where it fails.
 * @throws what the work throws.
 */
export async function withProgress<T>(
  label: string,
  { total = null, ...options }: ProgressOptions & { total?: number | null },
  work: (progress: Progress) => T | Promise<T>,
): Promise<T> {
  const progress = startProgress(label, total, options);
  try {
    return await work(progress);
  } finally {
    progress.finish();
  }
}

interface Display {
  /** @param fraction 0…1 */
  show(fraction: number, text: string, last: boolean): void;
  note(line: string): void;
  print(line: string): Promise<void>;
}

function barDisplay(label: string, stream: NodeJS.WriteStream): Display {
  const bar = new SingleBar(
    {
      stream,
      format: '{label} {bar} {text}',
      barsize: 24,
      emptyOnZero: true,
      // Cursor and wrapping are left alone, so that an interruption has nothing to restore; lines are
      // truncated.
      hideCursor: null,
      linewrap: true,
      gracefulExit: false,
    },
    Presets.shades_grey,
  );
  bar.start(1, 0, { label, text: '' });
  // "ESC 7" saves the cursor again, below the line: the bar restores it when it stops.
  const clear = '\r\x1b[K';
  const save = '\x1b7';
  return {
    show(fraction, text, last) {
      bar.update(fraction, { text });
      if (last) bar.stop();
    },
    note: (line) => void stream.write(`${clear}${oneLine(line)}\n${save}`),
    async print(line) {
      if (process.stdout.isTTY) stream.write(clear);
      await print(line);
      if (process.stdout.isTTY) stream.write(save);
    },
  };
}

function lineDisplay(label: string, stream: NodeJS.WriteStream, interval: number): Display {
  let shown = performance.now();
  return {
    show(_fraction, text, last) {
      if (!last && performance.now() - shown < interval) return;
      shown = performance.now();
      stream.write(`${label}: ${text}\n`);
    },
    note: (line) => void stream.write(`${oneLine(line)}\n`),
    print,
  };
}

function describe(done: number, total: number | null, unit: string): string {
  if (unit === 'bytes')
    return total === null ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`;
  return total === null ? `${done} ${unit}` : `${done}/${total} ${unit}`;
}

function timeLeft(done: number, total: number | null, started: number): string {
  if (total === null || done === 0 || done >= total) return '';
  const seconds = (((performance.now() - started) / 1000) * (total - done)) / done;
  return `, ${formatDuration(seconds)} left`;
}
