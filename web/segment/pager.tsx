import { useEffect } from 'preact/hooks';
import { useWords } from '../words/language.tsx';

interface PagerProps {
  /** Index of the picture that is shown, and the number of all. */
  at: number;
  count: number;
  /** Whether the arrow keys change the picture. */
  isListening: boolean;
  onGo: (at: number) => void;
}

/** Elements that use the arrow keys themselves. */
const usesArrows = 'input, select, textarea, dialog, [role="tab"], [role="listbox"], .stage-zoomed';

/** Goes through several pictures, by its buttons and by the left and right arrow keys. */
export function Pager({ at, count, isListening, onGo }: PagerProps) {
  const { say } = useWords();
  useEffect(() => {
    if (!isListening) return;
    const onKeyDown = (event: KeyboardEvent) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const isModified = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
      if (!step || isModified || event.defaultPrevented) return;
      if (event.target instanceof Element && event.target.closest(usesArrows)) return;
      const next = at + step;
      if (next >= 0 && next < count) onGo(next);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [at, count, isListening, onGo]);
  return (
    <fieldset class="picture-bar-group">
      <legend class="visually-hidden">{say('pager')}</legend>
      <button
        type="button"
        class="icon-button"
        aria-label={say('previousPicture')}
        title={say('previousPicture')}
        aria-disabled={at === 0}
        onClick={() => at > 0 && onGo(at - 1)}
      >
        <span aria-hidden="true">‹</span>
      </button>
      <span class="picture-at" role="status">
        {say('pictureOf', { at: at + 1, n: count })}
      </span>
      <button
        type="button"
        class="icon-button"
        aria-label={say('nextPicture')}
        title={say('nextPicture')}
        aria-disabled={at === count - 1}
        onClick={() => at < count - 1 && onGo(at + 1)}
      >
        <span aria-hidden="true">›</span>
      </button>
    </fieldset>
  );
}
