/** The protocol between page and worker. Each call has a row in `Calls` and a function in `predict-worker.ts`. */

import type { ModelFacts } from '../model/model-facts.ts';
import type { CocoResultRecord } from '../product.ts';

/** The requested device; `auto` uses WebGPU if the browser has it and the model runs on it. */
export type DeviceWish = 'auto' | 'wasm' | 'webgpu';

/** What the user chose about predictions; what is absent, the model decides. */
export interface PredictionChoices {
  /** Names of the classes to return. */
  classes?: readonly string[];
  maxDetections?: number;
  tile?: 'auto';
}

export interface LoadedModel {
  facts: ModelFacts;
  device: 'wasm' | 'webgpu';
  /** Threads of a prediction; 1 if the page is not cross-origin isolated. */
  threads: number;
  /** Why WebGPU was tried but is not used; null if it was not tried or is used. */
  webgpuFailure: string | null;
}

/** COCO results, as in the server's response. */
export interface ResultsHere {
  /** Size of the upright picture in pixels. */
  width: number;
  height: number;
  /** Sorted by descending score. */
  results: CocoResultRecord[];
  /** Instances of lower score that the maximum number left out. */
  omitted: number;
  /** Duration in milliseconds, including decoding. */
  ms: number;
}

export interface Calls {
  /** Replaces the loaded model. `ortFiles` is the URL of the folder with ONNX Runtime's files. */
  load: {
    takes: { bytes: ArrayBuffer; device: DeviceWish; ortFiles: string };
    gives: LoadedModel;
  };
  predict: { takes: { picture: Blob; score: number; choices: PredictionChoices }; gives: ResultsHere };
}

export type CallName = keyof Calls;

/** Page to worker. */
export type Request = {
  [Name in CallName]: { id: number; call: Name; takes: Calls[Name]['takes'] };
}[CallName];

/** Worker to page. */
export type Reply = { id: number } & ({ gives: Calls[CallName]['gives'] } | { error: string });
