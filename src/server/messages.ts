import type { ResultEntry } from '../predict/result-entry.ts';

/** What a worker process is started with. */
export interface WorkerSettings {
  /** A model file. */
  modelFile: string;
  /** Threads of one prediction. */
  threads: number;
  /** Pictures of more pixels are refused. */
  maxPixels: number;
}

/** One picture to look at. */
export interface Job {
  /** The picture's file. */
  picture: Uint8Array;
  /** As the client called it; null where it did not. */
  fileName: string | null;
  /** Instances that score less are left out; 0…1. */
  score: number;
  /** COCO results, or the picture with the instances drawn over it. */
  output: 'results' | 'overlay';
}

/** Milliseconds of each step in the worker; `draw` is 0 where nothing was drawn. */
export interface JobTimings {
  decode: number;
  predict: number;
  draw: number;
}

/** What became of a job. */
export type JobAnswer =
  | {
      outcome: 'done';
      /** Of the upright picture in pixels. */
      width: number;
      height: number;
      instances: number;
      timings: JobTimings;
      /** Best score first; empty where an overlay was wanted. */
      results: ResultEntry[];
      /** A PNG file; null where results were wanted. */
      overlay: Uint8Array | null;
    }
  | { outcome: 'refused'; problem: 'picture-too-large' | 'damaged-picture'; detail: string }
  | { outcome: 'failed'; detail: string };

/** From the server to a worker. */
export interface WorkerTask {
  id: number;
  job: Job;
}

/** From a worker to the server. */
export type WorkerMessage =
  | { kind: 'ready' }
  /** The model cannot be loaded; the process ends. */
  | { kind: 'unusable'; detail: string }
  | { kind: 'answer'; id: number; answer: JobAnswer };
