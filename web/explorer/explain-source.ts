import type { ExplainedStages, Focus, FocusWish } from '../product.ts';

/** Where the stages come from: the server, or this browser. */
export interface ExplainSource {
  /** Predicts, and follows one RoI. */
  open(): Promise<{ stages: ExplainedStages; focus: Focus | null }>;
  /** Follows another RoI of the same prediction. */
  follow(wish: FocusWish): Promise<Focus | null>;
  /** The report as a file; null where it cannot be made. */
  report: ((wish: FocusWish, language: string) => Promise<Blob>) | null;
  close(): void;
}
