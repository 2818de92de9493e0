import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { ThreadPool } from '../core/node/thread-pool.ts';
import type { CocoData } from '../data/coco/dataset.ts';
import { readCocoResults } from '../data/coco/results.ts';
import { cutResults, joinParts, type ReadPart, takeParts } from '../data/coco/results-parts.ts';
import type { ResultsTable } from '../data/coco/results-table.ts';
import { type CocoEvaluation, emptyEvaluation } from '../eval/accumulate.ts';
import type { EvalParams } from '../eval/params.ts';
import { cocoEvaluator, evaluatedCategories } from './coco-evaluator.ts';
import type { EvalTask } from './eval-worker.ts';
import { scoreResults } from './score-results.ts';
import { divideCategories, scoreCategories, shareOf } from './score-share.ts';

/** Threads share files from this size; a shorter one is read before they have started. */
const leastBytes = 1 << 24;
/** Each thread keeps one part in memory. */
const partBytes = 1 << 20;
/** More would wait for each other more than they read. */
const maxThreads = 4;
/** From this number of records, threads share the scoring; for fewer, compiling the code in each takes as long as it saves. */
const leastRecords = 500_000;

type ReadOptions = NonNullable<Parameters<typeof readCocoResults>[2]>;

/** Reads results that other threads began to read. @throws what `readCocoResults` throws. */
export type FinishReading = (dataset: CocoData, options?: ReadOptions) => Promise<ResultsTable>;

/**
 * Threads that read and score results together with the calling one. Where a part fails, the whole is done again by the
 * calling thread alone, so that an error is the first one in the order of the file, and says where it is.
 */
export class EvalThreads {
  readonly #pool: ThreadPool<EvalTask, ReadPart[]>;
  /** Other than the calling one. */
  readonly #threads: number;
  readonly #leastRecords: number;

  /** Null where the file is so short, or the cores so few, that threads would not save time. */
  static forResults(path: string): EvalThreads | null {
    const threads = Math.min(availableParallelism(), maxThreads) - 1;
    const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    return threads > 0 && bytes >= leastBytes ? new EvalThreads(threads) : null;
  }

  constructor(threads: number, leastShared = leastRecords) {
    this.#threads = threads;
    this.#leastRecords = leastShared;
    this.#pool = new ThreadPool({
      module: new URL('./eval-worker', import.meta.url),
      threads,
      data: null,
      youngMegabytes: 4,
    });
  }

  /** The other threads begin to read, the calling one joins them when it calls the result. */
  startReading(path: string, bytes = partBytes): FinishReading {
    const parts = cutResults(path, bytes);
    if (parts === null) return (dataset, options) => readCocoResults(path, dataset, options);
    const others = Promise.allSettled(this.#perThread(() => this.#pool.run({ kind: 'read', parts })));
    return async (dataset, options) => {
      const size = parts.bounds[parts.bounds.length - 1];
      const own = await settled(() =>
        takeParts(parts, async (part) => {
          options?.onProgress?.(parts.bounds[part], size);
          // Signals are received between two parts.
          await setImmediate();
        }),
      );
      const read = valuesOf([own, ...(await others)]);
      const table = read && joinParts(path, read.flat(), dataset.images);
      if (table === null) return readCocoResults(path, dataset, options);
      options?.onProgress?.(size, size);
      return table;
    };
  }

  /**
   * Scores results by COCO's metrics; of many, some categories in each thread.
   * @param onPicture Called after each picture with the number that the calling thread has done.
   * @throws what `scoreResults` throws.
   */
  async score(
    dataset: CocoData,
    results: ResultsTable,
    params: EvalParams,
    onPicture: (done: number) => void,
  ): Promise<CocoEvaluation> {
    const alone = () => {
      const evaluator = cocoEvaluator(dataset, params);
      scoreResults(dataset, results, { type: params.type, onPicture }, evaluator);
      return evaluator.result();
    };
    if (results.count < this.#leastRecords) return alone();
    const evaluation = emptyEvaluation(params, evaluatedCategories(dataset, params));
    const [own, ...shares] = divideCategories(dataset, results, this.#threads + 1);
    const others = shares.map((share) =>
      this.#pool.run({ kind: 'score', share: shareOf(dataset, results, evaluation, share) }),
    );
    const ownRun = settled(() => scoreCategories(dataset, results, evaluation, own, onPicture));
    const runs = [await ownRun, ...(await Promise.allSettled(others))];
    return valuesOf<unknown>(runs) === null ? alone() : evaluation;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  #perThread<T>(run: () => T): T[] {
    return Array.from({ length: this.#threads }, run);
  }
}

async function settled<T>(work: () => T | Promise<T>): Promise<PromiseSettledResult<T>> {
  const [outcome] = await Promise.allSettled([(async () => work())()]);
  return outcome;
}

/** Null if one failed. */
function valuesOf<T>(outcomes: readonly PromiseSettledResult<T>[]): T[] | null {
  const values = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  return values.length === outcomes.length ? values : null;
}
