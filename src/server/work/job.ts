import type { PlaneChoice } from '../../image/plane-choice.ts';
import type { PredictSettings } from '../../pool/predict-job.ts';
import type { PredictionChoices } from '../../predict/choices.ts';
import type { PoolerChoice } from '../../predict/explain/exchanged-pooler.ts';
import type { FocusWish } from '../../predict/explain/focus-choice.ts';
import type { CocoResultRecord } from '../../predict/result-entry.ts';
import type { Language } from '../../vis/report/text.ts';
import type { PredictionForm } from '../api/prediction-forms.ts';

/** The argument that a worker process is started with. */
export interface WorkerSettings extends PredictSettings {
  /** Larger pictures are refused. */
  maxPixels: number;
}

/** A request for a worker: one picture, and what to do with it. */
export type Job = PredictJob | ExplainJob;

interface PictureJob {
  /** An encoded picture. */
  picture: Uint8Array;
  /** The client's name for it; null if it gave none. */
  fileName: string | null;
  /** Which part of the file is the picture. */
  plane: PlaneChoice;
  /** What the client chose. */
  choices: PredictionChoices;
}

export interface PredictJob extends PictureJob {
  output: PredictionForm;
  /** Side of a pixel with its unit, for `csv`; default: measures in pixels. */
  pixelSize?: string | undefined;
  /** Tolerance in pixels of the outlines of `rois` and `geojson`; default 0. */
  tolerance?: number | undefined;
}

export interface ExplainJob extends PictureJob, PoolerChoice {
  /** All recorded values, only those of the followed RoI, or the HTML report. */
  output: 'stages' | 'focus' | 'report';
  /** The RoI to follow. */
  follow: FocusWish;
  /** Options of the report. */
  report: { language: Language; modelName: string; version: string };
}

/** Milliseconds of each step in the worker; `draw`, also of encoding, is 0 for `results`. */
export interface JobTimings {
  decode: number;
  predict: number;
  draw: number;
}

/** Why a job was refused: errors of the client. */
export type JobRefusal = 'picture-too-large' | 'damaged-picture' | 'bad-parameter';

/** The outcome of a job. */
export type JobAnswer =
  | {
      outcome: 'done';
      /** Size of the upright picture in pixels. */
      width: number;
      height: number;
      /** Number of instances. */
      instances: number;
      timings: JobTimings;
      /** Number of instances that the detection limit left out. */
      omitted: number;
      /** Sorted by descending score; empty where there is a file. */
      results: CocoResultRecord[];
      /** In the form asked for; null for `results`. */
      file: Uint8Array | null;
    }
  | {
      outcome: 'explained';
      /** Number of instances. */
      instances: number;
      timings: JobTimings;
      /** Serialised JSON (`stages` is `null` for `focus`), or the report in UTF-8. */
      body: { stages: string; focus: string } | { report: Uint8Array };
    }
  | { outcome: 'refused'; problem: JobRefusal; detail: string }
  /** An error in the worker; `detail` has its stack. */
  | { outcome: 'failed'; detail: string };
