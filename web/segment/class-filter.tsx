import { useState } from 'preact/hooks';
import { shownName } from '../product.ts';
import { useWords } from '../words/language.tsx';
import { allClasses, type ClassSelection, isVisibleClass, type Shape } from './shapes.ts';

interface ClassFilterProps {
  /** All instances found, including hidden ones. */
  shapes: readonly Shape[];
  threshold: number;
  classes: ClassSelection;
  onChange: (classes: ClassSelection) => void;
}

/**
 * A toggle for each class above the threshold, with the number of its instances and a button for that class alone. The
 * classes below the threshold are folded away.
 */
export function ClassFilter({ shapes, threshold, classes, onChange }: ClassFilterProps) {
  const { language, say } = useWords();
  const [isUnfolded, setUnfolded] = useState(false);
  const counted = countByClass(shapes, threshold);
  const above = counted.filter(({ count }) => count > 0);
  const below = counted.length - above.length;
  const toggle = (id: number) => {
    const ids = new Set(classes.ids);
    if (!ids.delete(id)) ids.add(id);
    onChange({ ...classes, ids });
  };
  return (
    <fieldset class="classes">
      <legend class="legend">{say('classes')}</legend>
      {(isUnfolded ? counted : above).map(({ id, name, count }) => (
        <span key={id} class="chip-pair">
          <button
            type="button"
            class="chip"
            aria-pressed={isVisibleClass(classes, id)}
            onClick={() => toggle(id)}
          >
            {shownName(name, language)} <span class="chip-count">{count}</span>
          </button>
          {counted.length > 1 && (
            <button
              type="button"
              class="chip-only"
              aria-label={say('onlyClass', { name: shownName(name, language) })}
              onClick={() => onChange({ kind: 'only', ids: new Set([id]) })}
            >
              {say('onlyThis')}
            </button>
          )}
        </span>
      ))}
      {below > 0 && (
        <button
          type="button"
          class="link-button"
          aria-expanded={isUnfolded}
          onClick={() => setUnfolded(!isUnfolded)}
        >
          {say('moreBelow', { n: below, threshold: threshold.toFixed(2) })}
        </button>
      )}
      {(classes.kind === 'only' || classes.ids.size > 0) && (
        <button type="button" class="link-button" onClick={() => onChange(allClasses)}>
          {say('showAll')}
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
