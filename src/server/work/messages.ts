import type { FocusWish } from '../../predict/explain/focus-choice.ts';
import type { ResultEntry } from '../../predict/result-entry.ts';
import type { Language } from '../../vis/report/text.ts';

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
export type Job = PredictJob | ExplainJob;

interface PictureJob {
  /** The picture's file. */
  picture: Uint8Array;
  /** As the client called it; null where it did not. */
  fileName: string | null;
  /** Instances that score less are left out; 0…1, by default the model's threshold. */
  score?: number | undefined;
}

export interface PredictJob extends PictureJob {
  /** COCO results, or the picture with the instances drawn over it. */
  output: 'results' | 'overlay';
}

export interface ExplainJob extends PictureJob {
  /** The recorded numbers, those of the RoI that is followed alone, or the report. */
  output: 'stages' | 'focus' | 'report';
  /** The RoI to follow. */
  follow: FocusWish;
  /** What the report needs besides. */
  report: { language: Language; modelName: string; version: string };
}

/** Milliseconds of each step in the worker; `draw` is 0 where nothing was drawn or described. */
export interface JobTimings {
  decode: number;
  predict: number;
  draw: number;
}

/** Why a job was not done; the client's to mend. */
export type JobRefusal = 'picture-too-large' | 'damaged-picture' | 'bad-parameter';

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
  | {
      outcome: 'explained';
      instances: number;
      timings: JobTimings;
      /** JSON, `null` where it was not asked for; or the report, UTF-8. */
      body: { stages: string; focus: string } | { report: Uint8Array };
    }
  | { outcome: 'refused'; problem: JobRefusal; detail: string }
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
