import type { ExplainedStages, Focus, FocusWish } from '../product.ts';

/** Where the stages come from: the server, or this browser. */
export interface ExplainSource {
  /** Runs the prediction and follows one RoI. */
  open(): Promise<{ stages: ExplainedStages; focus: Focus | null }>;
  /** Follows another RoI of the same prediction. */
  follow(wish: FocusWish): Promise<Focus | null>;
  /** Renders the report as a file; null if that is not possible. */
  report: ((wish: FocusWish, language: string) => Promise<Blob>) | null;
  close(): void;
}
