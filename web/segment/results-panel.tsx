import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { useWords } from '../words/language.tsx';
import { ClassFilter } from './class-filter.tsx';
import { InstanceList } from './instance-list.tsx';
import type { OverlayView } from './overlay.tsx';
import type { ClassSelection, Shape } from './shapes.ts';
import { type Order, orders, sortShapes } from './sort-shapes.ts';
import { lowestScore } from './use-prediction.ts';

interface ResultsPanelProps {
  /** All instances found. */
  shapes: readonly Shape[];
  /** The visible ones. */
  shown: readonly Shape[];
  /** Shown if there is no instance above the threshold. */
  nothingFound: ComponentChildren;
  threshold: number;
  onThreshold: (threshold: number) => void;
  classes: ClassSelection;
  onClasses: (classes: ClassSelection) => void;
  view: OverlayView;
  onView: (view: OverlayView) => void;
  active: Shape | null;
  onHover: (shape: Shape | null) => void;
  onPick: (shape: Shape | null) => void;
  onToggle: (shape: Shape) => void;
}

/** The instances found, and controls for which are shown. The controls only filter; nothing is predicted again. */
export function ResultsPanel(props: ResultsPanelProps) {
  const { say } = useWords();
  const { shapes, shown, threshold, onThreshold, classes, onClasses, view, onView } = props;
  const [order, setOrder] = useState<Order>('sortScore');
  const sorted = useMemo(() => sortShapes(shown, order), [shown, order]);
  return (
    <section class="panel-section panel-results" aria-label={say('results')}>
      <div class="field">
        <label for="threshold">
          {say('minimumScore')} <output for="threshold">{threshold.toFixed(2)}</output>
        </label>
        <input
          id="threshold"
          class="slider"
          type="range"
          min={lowestScore}
          max={1}
          step={0.01}
          value={threshold}
          onInput={({ currentTarget }) => onThreshold(currentTarget.valueAsNumber)}
        />
      </div>
      {shapes.length > 0 && (
        <ClassFilter shapes={shapes} threshold={threshold} classes={classes} onChange={onClasses} />
      )}
      <div class="checks">
        {(['labels', 'boxes'] as const).map((key) => (
          <label key={key} class="check">
            <input
              type="checkbox"
              checked={view[key]}
              onChange={({ currentTarget }) => onView({ ...view, [key]: currentTarget.checked })}
            />
            {say(key)}
          </label>
        ))}
      </div>
      <div class="instances-head">
        <h2 class="count">{say('instances', { n: shown.length })}</h2>
        {shown.length > 1 && (
          <select
            class="input sort"
            aria-label={say('sortBy')}
            value={order}
            onChange={({ currentTarget }) => setOrder(currentTarget.value as Order)}
          >
            {orders.map((each) => (
              <option key={each} value={each}>
                {say(each)}
              </option>
            ))}
          </select>
        )}
      </div>
      {shown.length > 0 ? (
        <InstanceList
          shapes={sorted}
          active={props.active}
          onHover={props.onHover}
          onPick={props.onPick}
          onToggle={props.onToggle}
        />
      ) : (
        <p class="notice">{say(shapes.length > 0 ? 'noneShown' : 'noneFound')}</p>
      )}
      {shapes.every(({ instance }) => instance.score < threshold) && props.nothingFound}
    </section>
  );
}
