import type { Job, JobAnswer } from './job.ts';

/** The protocol between the server's process and its worker processes. */

/** The argument that a worker process is started with, as JSON. */
export interface WorkerSettings {
  /** Path of a model file. */
  modelFile: string;
  /** Threads of one prediction. */
  threads: number;
  /** Larger pictures are refused. */
  maxPixels: number;
}

/** Server to worker. */
export interface WorkerTask {
  id: number;
  job: Job;
}

/** Worker to server. */
export type WorkerMessage =
  | { kind: 'ready' }
  /** The model cannot be loaded; the process exits. */
  | { kind: 'unusable'; detail: string }
  | { kind: 'answer'; id: number; answer: JobAnswer };
