import type { TargetedKeyboardEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { shownName } from '../product.ts';
import { useWords } from '../words/language.tsx';
import type { Shape } from './shapes.ts';

interface InstanceListProps {
  /** The visible instances, in the order in which they are listed. */
  shapes: readonly Shape[];
  active: Shape | null;
  onHover: (shape: Shape | null) => void;
  /** Called for the keyboard. */
  onPick: (shape: Shape | null) => void;
  /** Called for clicks, which also unpick. */
  onToggle: (shape: Shape) => void;
}

/** The instances as a list box with a single tab stop: arrow keys, Home and End isolate an instance, Escape shows all. */
export function InstanceList({ shapes, active, onHover, onPick, onToggle }: InstanceListProps) {
  const { language, say } = useWords();
  const list = useRef<HTMLDivElement>(null);
  const at = active ? shapes.indexOf(active) : -1;
  useEffect(() => {
    if (at >= 0) list.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    if (event.key === 'Escape') onPick(null);
    const moves: Record<string, number> = {
      ArrowDown: Math.min(at + 1, shapes.length - 1),
      ArrowUp: Math.max(at - 1, 0),
      Home: 0,
      End: shapes.length - 1,
    };
    const to = moves[event.key];
    if (to === undefined || shapes.length === 0) return;
    event.preventDefault();
    onPick(shapes[to]);
  };
  return (
    <div
      ref={list}
      class="instances"
      role="listbox"
      tabIndex={0}
      aria-label={say('instanceList')}
      aria-activedescendant={active ? optionId(active) : undefined}
      onKeyDown={onKeyDown}
      onPointerLeave={() => onHover(null)}
    >
      {shapes.map((shape) => (
        // The list box handles the keyboard; its options are not focusable.
        // biome-ignore lint/a11y/useKeyWithClickEvents: see above
        <div
          key={shape.index}
          id={optionId(shape)}
          class="instance"
          role="option"
          tabIndex={-1}
          aria-selected={shape === active}
          onPointerEnter={(event) => event.pointerType === 'mouse' && onHover(shape)}
          onClick={() => onToggle(shape)}
        >
          <span class="instance-number">{shape.number}</span>
          <span class="swatch" style={{ background: shape.color }} />
          <span class="instance-name">{shownName(shape.instance.category.name, language)}</span>
          <span class="instance-area">
            {say('pixels', { n: Math.round(shape.instance.area).toLocaleString('en') })}
          </span>
          <span class="instance-score">{shape.instance.score.toFixed(2)}</span>
        </div>
      ))}
    </div>
  );
}

function optionId({ index }: Shape): string {
  return `instance-${index}`;
}
