import { shownName } from '../product.ts';
import { useWords } from '../words/language.tsx';
import type { Shape } from './shapes.ts';

interface ClassFilterProps {
  /** All instances found, including hidden ones. */
  shapes: readonly Shape[];
  threshold: number;
  /** Ids of the hidden categories. */
  hidden: ReadonlySet<number>;
  onChange: (hidden: ReadonlySet<number>) => void;
}

/** A toggle for each class found, with the number of its instances above the threshold. */
export function ClassFilter({ shapes, threshold, hidden, onChange }: ClassFilterProps) {
  const { language, say } = useWords();
  const classes = countByClass(shapes, threshold);
  const toggle = (id: number) => {
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    onChange(next);
  };
  const all = classes.map(({ id }) => id);
  return (
    <fieldset class="classes">
      <legend class="legend">{say('classes')}</legend>
      {classes.map(({ id, name, count }) => (
        <button key={id} type="button" class="chip" aria-pressed={!hidden.has(id)} onClick={() => toggle(id)}>
          {shownName(name, language)} <span class="chip-count">{count}</span>
        </button>
      ))}
      {classes.length > 2 && (
        <button
          type="button"
          class="link-button"
          onClick={() => onChange(new Set(hidden.size > 0 ? [] : all))}
        >
          {say(hidden.size > 0 ? 'showAll' : 'hideAll')}
        </button>
      )}
    </fieldset>
  );
}

/** Sorted by descending count of instances at or above the threshold. */
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
