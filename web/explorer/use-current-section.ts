import { useEffect, useState } from 'preact/hooks';

/** The line that a section has to reach to be the current one, as a share of the window's height from its top. */
const line = 1 / 3;

/**
 * The section that is being read: the last one whose top is above the upper third of the window, or the last of all at the
 * end of the page.
 * @param ids Of the sections, from the first to the last.
 * @param isShown Whether the sections are on the page.
 */
export function useCurrentSection<Id extends string>(ids: readonly Id[], isShown: boolean): Id {
  const [current, setCurrent] = useState(ids[0]);
  useEffect(() => {
    if (!isShown) return;
    const look = () => {
      const { scrollTop, scrollHeight, clientHeight } = document.documentElement;
      const isAtEnd = scrollTop > 0 && scrollTop + clientHeight >= scrollHeight - 2;
      const reached = ids.filter((id) => {
        const top = document.getElementById(id)?.getBoundingClientRect().top ?? Number.POSITIVE_INFINITY;
        return isAtEnd || top <= line * clientHeight;
      });
      setCurrent(reached.at(-1) ?? ids[0]);
    };
    look();
    const abort = new AbortController();
    window.addEventListener('scroll', look, { signal: abort.signal, passive: true });
    window.addEventListener('resize', look, { signal: abort.signal });
    return () => abort.abort();
  }, [ids, isShown]);
  return current;
}
