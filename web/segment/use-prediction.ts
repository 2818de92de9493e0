import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Progress } from '../here/model-store.ts';
import { ortFilesUrl } from '../here/ort-files-url.ts';
import type { DeviceWish, LoadedModel, PredictionChoices } from '../here/protocol.ts';
import { WorkerClient } from '../here/worker-client.ts';
import { keyOf, type ModelChoice, openModel } from '../model/model-choice.ts';
import { askServer, predictOnServer } from '../server/server-client.ts';
import type { Source } from '../shell/view-props.ts';
import { type Found, readResults } from './found.ts';
import { predictionError } from './picture-problem.ts';

/** Requested once; the page filters by its own threshold, since no instance depends on lower-scored ones. */
export const lowestScore = 0.05;

export interface PredictionJob {
  picture: Blob;
  /** Of the picture's file. */
  name: string;
  source: Source;
  model: ModelChoice;
  /** Used if `source` is `here`. */
  device: DeviceWish;
  choices: PredictionChoices;
}

export type PredictionState =
  | { kind: 'idle' }
  | { kind: 'downloading'; progress: Progress }
  | { kind: 'preparing' }
  | { kind: 'predicting' }
  | { kind: 'cancelled' }
  | { kind: 'failed'; error: Error }
  | { kind: 'done'; found: Found; ms: number; ranOn: RanOn };

/** Where a prediction ran; `loaded` describes the model and device in the browser. */
export interface RanOn {
  source: Source;
  loaded: LoadedModel | null;
}

type Report = (state: PredictionState) => void;

/**
 * Runs a prediction whenever the job changes, aborting the previous one, unless the last result of its picture is of the same
 * job. Null means that there is nothing to do.
 */
export function usePrediction(job: PredictionJob | null): {
  state: PredictionState;
  cancel: () => void;
  retry: () => void;
} {
  const [turn, setTurn] = useState(0);
  const { picture } = job ?? {};
  const key = job ? jobKey(job) : null;
  // A new object for each run, so that reports of an earlier run are ignored.
  const run = useMemo(() => (job ? { job } : null), [picture, key, turn]);
  const [reported, setReported] = useState<{ run: object; state: PredictionState } | null>(null);
  const here = useRef<HereRunner | null>(null);
  const abort = useRef<AbortController | null>(null);
  const results = useRef(new WeakMap<Blob, { key: string; state: PredictionState }>());

  useEffect(() => {
    if (!run) return;
    const known = results.current.get(run.job.picture);
    if (known?.key === jobKey(run.job)) {
      setReported({ run, state: known.state });
      return;
    }
    const controller = new AbortController();
    abort.current = controller;
    const { signal } = controller;
    const report: Report = (state) => {
      if (signal.aborted) return;
      if (state.kind === 'done') results.current.set(run.job.picture, { key: jobKey(run.job), state });
      setReported({ run, state });
    };
    here.current ??= new HereRunner();
    const predict = run.job.source === 'server' ? predictThere : here.current.predict;
    predict(run.job, report, signal).then(report, async (error: Error) => {
      report({ kind: 'failed', error: await predictionError(run.job, error) });
    });
    return () => controller.abort();
  }, [run]);

  useEffect(() => () => here.current?.stop(), []);

  const cancel = useCallback(() => {
    abort.current?.abort();
    if (run) setReported({ run, state: { kind: 'cancelled' } });
  }, [run]);
  const retry = useCallback(() => setTurn((before) => before + 1), []);
  const begun: PredictionState = { kind: run ? 'predicting' : 'idle' };
  return { state: run && reported?.run === run ? reported.state : begun, cancel, retry };
}

/** Equal for jobs that give the same result for the same picture. */
function jobKey({ source, device, model, choices }: PredictionJob): string {
  return JSON.stringify([source, device, keyOf(model), choices]);
}

async function predictThere(
  job: PredictionJob,
  report: Report,
  signal: AbortSignal,
): Promise<PredictionState> {
  report({ kind: 'predicting' });
  const options = { model: job.model.name, score: lowestScore, choices: job.choices, signal };
  const body = await predictOnServer(job.picture, options);
  const { total } = body.timings;
  return { kind: 'done', found: readResults(body), ms: total, ranOn: { source: 'server', loaded: null } };
}

/** Keeps the model of the last prediction in the worker. */
class HereRunner {
  readonly #worker = new WorkerClient();
  #loaded: { key: string; model: LoadedModel } | null = null;

  readonly predict = async (
    job: PredictionJob,
    report: Report,
    signal: AbortSignal,
  ): Promise<PredictionState> => {
    // A busy worker receives no messages, so aborting means terminating it, and the model with it.
    let busy = false;
    const giveUp = () => {
      if (busy) this.stop();
    };
    signal.addEventListener('abort', giveUp);
    try {
      const key = `${job.device} ${keyOf(job.model)}`;
      if (this.#loaded?.key !== key) {
        this.#loaded = null;
        const onProgress = (progress: Progress) => report({ kind: 'downloading', progress });
        const bytes = await openModel(job.model, { askServer, onProgress, signal });
        signal.throwIfAborted();
        report({ kind: 'preparing' });
        busy = true;
        const takes = { bytes, device: job.device, ortFiles: ortFilesUrl() };
        this.#loaded = { key, model: await this.#worker.call('load', takes, [bytes]) };
      }
      report({ kind: 'predicting' });
      busy = true;
      const results = await this.#worker.call('predict', {
        picture: job.picture,
        score: lowestScore,
        choices: job.choices,
      });
      const ranOn: RanOn = { source: 'here', loaded: this.#loaded.model };
      return { kind: 'done', found: readResults(results), ms: results.ms, ranOn };
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  };

  stop(): void {
    this.#worker.stop();
    this.#loaded = null;
  }
}
