import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { InstanceMask, type Prediction } from '../../src/predict/instance.ts';
import type { Progress } from '../here/model-store.ts';
import type { DeviceWish, FoundInstances, LoadedModel } from '../here/protocol.ts';
import { WorkerClient } from '../here/worker-client.ts';
import { keyOf, type ModelChoice, openModel } from '../model/model-choice.ts';
import { askServer, predictOnServer } from '../server/server-client.ts';
import type { Source } from '../shell/view-props.ts';

/** Asked for once; the page's own threshold chooses among what comes, as no instance depends on worse ones. */
export const lowestScore = 0.05;

export interface PredictionJob {
  picture: Blob;
  source: Source;
  model: ModelChoice;
  /** For `here`. */
  device: DeviceWish;
}

export type PredictionState =
  | { kind: 'idle' }
  | { kind: 'downloading'; progress: Progress }
  | { kind: 'preparing' }
  | { kind: 'predicting' }
  | { kind: 'cancelled' }
  | { kind: 'failed'; reason: string }
  | { kind: 'done'; prediction: Prediction; ms: number; ranOn: RanOn };

/** Where a prediction was made; `loaded` tells of the device where it was in this browser. */
export interface RanOn {
  source: Source;
  loaded: LoadedModel | null;
}

type Report = (state: PredictionState) => void;

/** Predicts whenever the job changes; the one before is given up. Null means that there is nothing to do. */
export function usePrediction(job: PredictionJob | null): {
  state: PredictionState;
  cancel: () => void;
  retry: () => void;
} {
  const [state, setState] = useState<PredictionState>({ kind: 'idle' });
  const [turn, setTurn] = useState(0);
  const runner = useRef<HereRunner | null>(null);
  const abort = useRef<AbortController | null>(null);
  const { picture, source, device } = job ?? {};
  const model = job ? keyOf(job.model) : null;

  useEffect(() => {
    if (!job) return setState({ kind: 'idle' });
    const controller = new AbortController();
    abort.current = controller;
    const { signal } = controller;
    const report: Report = (next) => {
      if (!signal.aborted) setState(next);
    };
    runner.current ??= new HereRunner();
    const run =
      source === 'server' ? predictThere(job, report, signal) : runner.current.predict(job, report, signal);
    run.then(report, (error: Error) => report({ kind: 'failed', reason: error.message }));
    return () => controller.abort();
  }, [picture, source, device, model, turn]);

  useEffect(() => () => runner.current?.stop(), []);

  const cancel = useCallback(() => {
    abort.current?.abort();
    setState({ kind: 'cancelled' });
  }, []);
  const retry = useCallback(() => setTurn((before) => before + 1), []);
  return { state, cancel, retry };
}

async function predictThere(
  job: PredictionJob,
  report: Report,
  signal: AbortSignal,
): Promise<PredictionState> {
  report({ kind: 'predicting' });
  const options = { model: job.model.name, score: lowestScore, signal };
  const { prediction, ms } = await predictOnServer(job.picture, options);
  return { kind: 'done', prediction, ms, ranOn: { source: 'server', loaded: null } };
}

/** Keeps the model of the last prediction in the worker. */
class HereRunner {
  readonly #worker = new WorkerClient();
  #loaded: { key: string; model: LoadedModel } | null = null;

  async predict(job: PredictionJob, report: Report, signal: AbortSignal): Promise<PredictionState> {
    // A worker that computes hears nothing: giving up means ending it, and the model with it.
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
        const takes = { bytes, device: job.device, ortFiles: new URL('ort/', document.baseURI).href };
        this.#loaded = { key, model: await this.#worker.call('load', takes, [bytes]) };
      }
      report({ kind: 'predicting' });
      busy = true;
      const found = await this.#worker.call('predict', { picture: job.picture, score: lowestScore });
      const ranOn: RanOn = { source: 'here', loaded: this.#loaded.model };
      return { kind: 'done', prediction: predictionOf(found), ms: found.ms, ranOn };
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  stop(): void {
    this.#worker.stop();
    this.#loaded = null;
  }
}

function predictionOf({ width, height, instances }: FoundInstances): Prediction {
  return {
    width,
    height,
    instances: instances.map(({ mask, ...rest }) => ({ ...rest, mask: mask && new InstanceMask(mask) })),
  };
}
