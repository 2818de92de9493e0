import { useMemo, useState } from 'preact/hooks';
import { extentOf, nearest, thin } from './chart-scale.ts';
import type { Point } from './run-log.ts';

export interface Series {
  name: string;
  points: readonly Point[];
}

interface ChartProps {
  title: string;
  note?: string;
  series: readonly Series[];
  /** The upper end of the vertical axis; by default a round number above nearly all values. */
  high?: number;
  format: (value: number) => string;
}

const size = { width: 720, height: 240 };
const margin = { left: 56, right: 12, top: 10, bottom: 26 };
const plot = {
  width: size.width - margin.left - margin.right,
  height: size.height - margin.top - margin.bottom,
};

/** Curves over steps. The legend shows the values of the step under the pointer, or under the arrow keys, else the last. */
export function Chart({ title, note, series, high, format }: ChartProps) {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [at, setAt] = useState<number | null>(null);
  const shown = series.filter(({ name, points }) => points.length > 0 && !hidden.has(name));
  const extent = extentOf(
    shown.map(({ points }) => points),
    high,
  );
  const toX = (step: number) => margin.left + (step / extent.steps) * plot.width;
  const toY = (value: number) =>
    margin.top + (1 - Math.min(Math.max(value, extent.low), extent.high) / extent.high) * plot.height;
  const stepAt = (event: { currentTarget: SVGSVGElement; clientX: number }) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const x = ((event.clientX - left) / width) * size.width;
    return Math.min(Math.max(((x - margin.left) / plot.width) * extent.steps, 0), extent.steps);
  };
  const moveBy = (share: number) => {
    const from = at ?? extent.steps;
    setAt(
      Math.min(
        Math.max(from + Math.max(1, Math.round(share * extent.steps)) * Math.sign(share), 0),
        extent.steps,
      ),
    );
  };
  const toggle = (name: string) => {
    const next = new Set(hidden);
    if (!next.delete(name)) next.add(name);
    setHidden(next);
  };
  return (
    <figure class="chart">
      <figcaption>
        <h2>{title}</h2>
        {note !== undefined && <p>{note}</p>}
      </figcaption>
      <svg
        viewBox={`0 0 ${size.width} ${size.height}`}
        role="img"
        aria-label={`${title}: ${shown.map(({ name, points }) => `${name} ${format(points[points.length - 1].value)}`).join(', ')}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move the step whose values the legend shows
        tabIndex={0}
        onPointerMove={(event) => setAt(stepAt(event))}
        onPointerLeave={() => setAt(null)}
        onBlur={() => setAt(null)}
        onKeyDown={(event) => {
          const moves: Record<string, number> = { ArrowLeft: -0.01, ArrowRight: 0.01 };
          const move = moves[event.key];
          if (move === undefined) return;
          event.preventDefault();
          moveBy(move);
        }}
      >
        <Axes steps={extent.steps} high={extent.high} toX={toX} toY={toY} />
        {series.map(({ name, points }, i) =>
          hidden.has(name) ? null : <Curve key={name} points={points} index={i} toX={toX} toY={toY} />,
        )}
        {at !== null && (
          <line class="chart-at" x1={toX(at)} x2={toX(at)} y1={margin.top} y2={margin.top + plot.height} />
        )}
      </svg>
      <ul class="chart-legend" aria-label="Curves">
        {at !== null && <li class="chart-step">step {Math.round(at)}</li>}
        {series.map(({ name, points }, i) => {
          const point = at === null ? points[points.length - 1] : nearest(points, at);
          return (
            <li key={name}>
              <button type="button" aria-pressed={!hidden.has(name)} onClick={() => toggle(name)}>
                <span class={`chart-key series-${i % 8}`} aria-hidden="true" />
                {name} <output>{point ? format(point.value) : ''}</output>
              </button>
            </li>
          );
        })}
      </ul>
    </figure>
  );
}

interface Scales {
  toX: (step: number) => number;
  toY: (value: number) => number;
}

function Axes({ steps, high, toX, toY }: Scales & { steps: number; high: number }) {
  return (
    <>
      {[0, 0.25, 0.5, 0.75, 1].map((share) => (
        <g key={share}>
          <line
            class="chart-grid"
            x1={margin.left}
            x2={margin.left + plot.width}
            y1={toY(share * high)}
            y2={toY(share * high)}
          />
          <text class="chart-end" x={margin.left - 8} y={toY(share * high) + 4}>
            {Number((share * high).toPrecision(3))}
          </text>
          <text
            class={share === 1 ? 'chart-end' : 'chart-middle'}
            x={toX(Math.round(share * steps))}
            y={size.height - 6}
          >
            {Math.round(share * steps)}
          </text>
        </g>
      ))}
    </>
  );
}

function Curve({ points, index, toX, toY }: Scales & { points: readonly Point[]; index: number }) {
  const few = useMemo(() => thin(points), [points]);
  const place = ({ step, value }: Point) => `${toX(step).toFixed(1)},${toY(value).toFixed(1)}`;
  const name = `series-${index % 8}`;
  return (
    <>
      <polyline class={`chart-line ${name}`} points={few.map(place).join(' ')} />
      {few.length < 40 &&
        few.map((point) => (
          <circle
            key={point.step}
            class={`chart-dot ${name}`}
            cx={toX(point.step)}
            cy={toY(point.value)}
            r={3}
          />
        ))}
    </>
  );
}
