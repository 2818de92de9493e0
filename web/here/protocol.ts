/** What page and worker say to each other. A further call is a row in `Calls` and a function in `worker.ts`. */

import type { ResultEntry } from '../product.ts';

/** What should compute: `auto` takes WebGPU where the browser has it and the model runs there. */
export type DeviceWish = 'auto' | 'wasm' | 'webgpu';

export interface LoadedModel {
  categories: { id: number; name: string }[];
  /** From which on instances are shown where nobody asks for others. */
  defaultScore: number;
  device: 'wasm' | 'webgpu';
  /** Of one prediction; 1 where the page is not cross-origin isolated. */
  threads: number;
  /** Why the device is not the one that was wished for; null where it is. */
  note: string | null;
}

/** COCO results, as the server answers them. */
export interface ResultsHere {
  /** Of the upright picture in pixels. */
  width: number;
  height: number;
  /** Best score first. */
  results: ResultEntry[];
  /** Milliseconds, decoding included. */
  ms: number;
}

export interface Calls {
  /** Takes the place of the model before. `ortFiles` is the folder of ONNX Runtime's own files. */
  load: {
    takes: { bytes: ArrayBuffer; device: DeviceWish; ortFiles: string };
    gives: LoadedModel;
  };
  predict: { takes: { picture: Blob; score: number }; gives: ResultsHere };
}

export type CallName = keyof Calls;

/** Page to worker. */
export type Request = {
  [Name in CallName]: { id: number; call: Name; takes: Calls[Name]['takes'] };
}[CallName];

/** Worker to page. */
export type Reply = { id: number } & ({ gives: Calls[CallName]['gives'] } | { error: string });
