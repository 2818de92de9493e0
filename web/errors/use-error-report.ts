import { useEffect, useRef, useState } from 'preact/hooks';
import { workerError } from '../here/worker-client.ts';
import type { ErrorReportContent, Language } from '../product.ts';
import type { ErrorFiles } from './error-files.ts';
import type { ErrorsReply, ErrorsRequest } from './worker-protocol.ts';

/** The state of an analysis. */
export interface ErrorReport {
  /** From 0 to 1; null when nothing runs. */
  progress: number | null;
  report: { content: ErrorReportContent; html: string; notes: readonly string[] } | null;
  error: unknown;
}

const nothing: ErrorReport = { progress: null, report: null, error: null };

/** Analyses files in a worker, again whenever they or the threshold change, and renders in the page's language. */
export function useErrorReport(files: ErrorFiles | null, score: number, language: Language): ErrorReport {
  const [state, setState] = useState<ErrorReport>(nothing);
  const worker = useRef<Worker | null>(null);
  const shown = useRef(language);
  useEffect(() => {
    if (!files) return setState(nothing);
    const own = new Worker(new URL('./errors-worker.ts', import.meta.url), { type: 'module' });
    worker.current = own;
    own.addEventListener('message', ({ data }: MessageEvent<ErrorsReply>) => {
      if (data.kind === 'progress') setState((now) => ({ ...now, progress: data.done / data.total }));
      else if (data.kind === 'report') setState({ progress: null, report: data, error: null });
      else setState({ progress: null, report: null, error: new Error(data.message) });
    });
    own.addEventListener('error', ({ message }) => {
      setState({ progress: null, report: null, error: workerError(message) });
    });
    setState((now) => ({ ...now, progress: 0, error: null }));
    shown.current = language;
    own.postMessage({ kind: 'analyse', files, score, language } satisfies ErrorsRequest);
    return () => {
      own.terminate();
      worker.current = null;
    };
  }, [files, score]);
  useEffect(() => {
    if (shown.current === language) return;
    shown.current = language;
    worker.current?.postMessage({ kind: 'render', language } satisfies ErrorsRequest);
  }, [language]);
  return state;
}
