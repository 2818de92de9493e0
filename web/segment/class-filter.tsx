import type { Shape } from './shapes.ts';

interface ClassFilterProps {
  /** All that were found, hidden ones too. */
  shapes: readonly Shape[];
  threshold: number;
  /** Ids of the categories that are not shown. */
  hidden: ReadonlySet<number>;
  onChange: (hidden: ReadonlySet<number>) => void;
}

/** A switch for each class that was found, with the number of instances above the threshold. */
export function ClassFilter({ shapes, threshold, hidden, onChange }: ClassFilterProps) {
  const classes = countByClass(shapes, threshold);
  const toggle = (id: number) => {
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    onChange(next);
  };
  const all = classes.map(({ id }) => id);
  return (
    <fieldset class="classes">
      <legend class="legend">Classes</legend>
      {classes.map(({ id, name, count }) => (
        <button key={id} type="button" class="chip" aria-pressed={!hidden.has(id)} onClick={() => toggle(id)}>
          {name} <span class="chip-count">{count}</span>
        </button>
      ))}
      {classes.length > 2 && (
        <button
          type="button"
          class="link-button"
          onClick={() => onChange(new Set(hidden.size > 0 ? [] : all))}
        >
          {hidden.size > 0 ? 'Show all' : 'Hide all'}
        </button>
      )}
    </fieldset>
  );
}

/** The most frequent first; classes of which nothing reaches the threshold come last. */
function countByClass(shapes: readonly Shape[], threshold: number) {
  const classes = new Map<number, { id: number; name: string; count: number }>();
  for (const { instance } of shapes) {
    const { id, name } = instance.category;
    const entry = classes.get(id) ?? { id, name, count: 0 };
    if (instance.score >= threshold) entry.count++;
    classes.set(id, entry);
  }
  return [...classes.values()].sort((a, b) => b.count - a.count);
}
