import type { ErrorReportContent, Language } from '../product.ts';
import type { ErrorFiles } from './error-files.ts';

/** What the page asks of the worker. */
export type ErrorsRequest =
  | { kind: 'analyse'; files: ErrorFiles; score: number; language: Language }
  /** The same analysis in another language. */
  | { kind: 'render'; language: Language };

/** What the worker says. */
export type ErrorsReply =
  | { kind: 'progress'; done: number; total: number }
  | {
      kind: 'report';
      content: ErrorReportContent;
      /** The report as a file. */
      html: string;
      /** What to know before trusting the metrics. */
      notes: readonly string[];
    }
  | { kind: 'failed'; message: string };
