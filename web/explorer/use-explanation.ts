import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ExplainedStages, Focus, FocusWish } from '../product.ts';
import { predictionError } from '../segment/picture-problem.ts';
import type { ExplorerProps } from '../shell/view-props.ts';
import { chooseSource } from './choose-source.ts';
import type { ExplainSource } from './explain-source.ts';

/** The state of an explanation. */
export interface Known {
  stages: ExplainedStages | null;
  focus: Focus | null;
  /** Whether a request is pending. */
  busy: boolean;
  /** Null if the last request succeeded. */
  error: unknown;
}

const nothing: Known = { stages: null, focus: null, busy: true, error: null };

/** Explains the picture, and again when it, the model or the source changes; follows RoIs on request. */
export function useExplanation(props: ExplorerProps) {
  const { picture, source: kind, model } = props;
  const [known, setKnown] = useState<Known>(nothing);
  const [attempt, setAttempt] = useState(0);
  const source = useRef<ExplainSource | null>(null);
  // Discards answers that arrive after a later request.
  const asked = useRef(0);
  const latest = useRef(props);
  latest.current = props;

  // `attempt` changes to retry.
  useEffect(() => {
    const job = latest.current;
    const own = chooseSource(job);
    source.current = own;
    const turn = ++asked.current;
    setKnown(nothing);
    own.open().then(
      ({ stages, focus }) => turn === asked.current && setKnown({ stages, focus, busy: false, error: null }),
      async (thrown: Error) => {
        const error = await predictionError(job, thrown);
        if (turn === asked.current) setKnown({ ...nothing, busy: false, error });
      },
    );
    return () => {
      asked.current++;
      own.close();
    };
  }, [picture, kind, model, attempt]);

  const follow = useCallback((wish: FocusWish) => {
    const turn = ++asked.current;
    setKnown((before) => ({ ...before, busy: true, error: null }));
    source.current?.follow(wish).then(
      (focus) => turn === asked.current && setKnown((before) => ({ ...before, focus, busy: false })),
      (error: unknown) => turn === asked.current && setKnown((before) => ({ ...before, busy: false, error })),
    );
  }, []);

  return { known, follow, retry: () => setAttempt(attempt + 1), report: source.current?.report ?? null };
}
