import type { ExplainedStages, Focus, FocusWish, PoolerName } from '../product.ts';

/** Page to worker: the model and the picture first, then any number of RoIs. */
export type ExplainRequest =
  | {
      id: number;
      kind: 'open';
      model: ArrayBuffer;
      picture: Blob;
      /** Replaces the model's own. */
      pooler: PoolerName | null;
      ortFiles: string;
    }
  | { id: number; kind: 'follow'; wish: FocusWish };

/** Worker to page. */
export type ExplainReply =
  | { id: number; kind: 'opened'; stages: ExplainedStages; focus: Focus | null }
  | { id: number; kind: 'followed'; focus: Focus | null }
  | { id: number; kind: 'failed'; message: string };
