import type { TargetedKeyboardEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Shape } from './shapes.ts';

interface InstanceListProps {
  /** Those that are shown, best first. */
  shapes: readonly Shape[];
  active: Shape | null;
  onHover: (shape: Shape | null) => void;
  /** By keys. */
  onPick: (shape: Shape | null) => void;
  /** By clicks, which also let go what was picked. */
  onToggle: (shape: Shape) => void;
}

/** What was found, as a list box: one stop for Tab; arrows, Home and End isolate one after the other, Escape none. */
export function InstanceList({ shapes, active, onHover, onPick, onToggle }: InstanceListProps) {
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
      aria-label="Instances, best first"
      aria-activedescendant={active ? optionId(active) : undefined}
      onKeyDown={onKeyDown}
      onPointerLeave={() => onHover(null)}
    >
      {shapes.map((shape) => (
        // The list box takes the keys; its options are not stops of their own.
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
          <span class="swatch" style={{ background: shape.color }} />
          <span class="instance-name">{shape.instance.category.name}</span>
          <span class="instance-area">{Math.round(shape.instance.area).toLocaleString('en')} px</span>
          <span class="instance-score">{shape.instance.score.toFixed(2)}</span>
        </div>
      ))}
    </div>
  );
}

function optionId({ index }: Shape): string {
  return `instance-${index}`;
}
