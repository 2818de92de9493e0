import { useEffect, useState } from 'preact/hooks';
import { nothingYet, type RunSource, type RunState } from './run-source.ts';

/** Milliseconds between two looks. */
const interval = 2000;

/** Looks at a run, and again and again while the page is seen. */
export function useRun(source: RunSource | null): { run: RunState; error: string | null; loaded: boolean } {
  const [known, setKnown] = useState({ run: nothingYet, error: null as string | null, loaded: false });
  useEffect(() => {
    setKnown({ run: nothingYet, error: null, loaded: false });
    if (!source) return;
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let run = nothingYet;
    const look = async () => {
      try {
        if (!document.hidden) run = await source.look(run);
        if (wanted) setKnown({ run, error: null, loaded: true });
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (wanted) setKnown({ run, error: message, loaded: true });
      }
      if (wanted && source.isLive) timer = setTimeout(() => void look(), interval);
    };
    void look();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [source]);
  return known;
}
