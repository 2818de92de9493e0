import { useEffect, useState } from 'preact/hooks';
import { nothingYet, type RunSource, type RunState } from './run-source.ts';

/** Milliseconds between two polls. */
const interval = 2000;

/** Polls a run while the page is visible. */
export function useRun(source: RunSource | null): { run: RunState; error: unknown; loaded: boolean } {
  const [known, setKnown] = useState({ run: nothingYet, error: null as unknown, loaded: false });
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
        if (wanted) setKnown({ run, error, loaded: true });
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
