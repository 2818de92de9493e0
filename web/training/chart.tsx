import { useMemo, useState } from 'preact/hooks';
import { type CurvePoint, thin } from '../product.ts';
import { useWidth } from '../shell/use-width.ts';
import { useWords } from '../words/language.tsx';
import { axisText, extentOf, nearest, ticksOf } from './chart-scale.ts';

export interface Series {
  name: string;
  points: readonly CurvePoint[];
  /** The values that `points` smooths, drawn behind them; null if it does not. */
  raw: readonly CurvePoint[] | null;
}

interface ChartProps {
  title: string;
  note?: string;
  series: readonly Series[];
  /** The upper end of the vertical axis; by default a round number above nearly all values. */
  high?: number;
  format: (value: number) => string;
}

const height = 230;
const margin = { left: 56, right: 12, top: 10, bottom: 26 };
const plotHeight = height - margin.top - margin.bottom;

/** Curves over steps. The legend shows the values at the step selected by pointer or arrow keys, by default the last. */
export function Chart({ title, note, series, high, format }: ChartProps) {
  const { say } = useWords();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [at, setAt] = useState<number | null>(null);
  const { element: box, width: measured } = useWidth<SVGSVGElement>();
  // Drawn in CSS pixels, so that text keeps its size on a phone.
  const width = Math.max(200, measured);
  const plotWidth = width - margin.left - margin.right;
  const shown = series.filter(({ name, points }) => points.length > 0 && !hidden.has(name));
  const extent = extentOf(
    shown.map(({ points }) => points),
    high,
  );
  const toX = (step: number) => margin.left + (step / extent.steps) * plotWidth;
  const toY = (value: number) =>
    margin.top + (1 - Math.min(Math.max(value, extent.low), extent.high) / extent.high) * plotHeight;
  const within = (step: number) => Math.min(Math.max(step, 1), extent.steps);
  const stepAt = (event: { currentTarget: SVGSVGElement; clientX: number }) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    return within(((x - margin.left) / plotWidth) * extent.steps);
  };
  const moveBy = (share: number) => {
    const from = at ?? extent.steps;
    setAt(within(from + Math.max(1, Math.round(share * extent.steps)) * Math.sign(share)));
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
        ref={box}
        viewBox={`0 0 ${width} ${height}`}
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
        {series.map(({ name, points, raw }, i) =>
          hidden.has(name) ? null : (
            <Curve key={name} points={points} raw={raw} index={i} toX={toX} toY={toY} />
          ),
        )}
        {at !== null && (
          <line class="chart-at" x1={toX(at)} x2={toX(at)} y1={margin.top} y2={margin.top + plotHeight} />
        )}
      </svg>
      <ul class="chart-legend" aria-label={say('curves')}>
        {/* Always present, so that the layout does not shift under the pointer. */}
        <li class="chart-step">{say('atStep', { step: Math.round(at ?? extent.steps) })}</li>
        {series.map(({ name, points }, i) => {
          const point = at === null ? points[points.length - 1] : nearest(points, at);
          return (
            <li key={name}>
              <button type="button" aria-pressed={!hidden.has(name)} onClick={() => toggle(name)}>
                <svg class={`chart-key ${seriesClass(i)}`} viewBox="0 0 18 4" aria-hidden="true">
                  <line class="chart-line" x1="0" x2="18" y1="2" y2="2" />
                </svg>
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
            x1={toX(0)}
            x2={toX(steps)}
            y1={toY(share * high)}
            y2={toY(share * high)}
          />
          <text class="chart-end" x={toX(0) - 8} y={toY(share * high) + 4}>
            {axisText(share * high)}
          </text>
        </g>
      ))}
      {ticksOf(steps).map((step) => (
        <text
          key={step}
          class={toX(step) > toX(steps) - 20 ? 'chart-end' : 'chart-middle'}
          x={toX(step)}
          y={height - 6}
        >
          {step}
        </text>
      ))}
    </>
  );
}

interface CurveProps extends Scales, Omit<Series, 'name'> {
  index: number;
}

/** Number of colours; further curves repeat them, dashed. */
const colourCount = 8;

function seriesClass(index: number): string {
  const isDashed = Math.floor(index / colourCount) % 2 === 1;
  return `series-${index % colourCount}${isDashed ? ' series-dashed' : ''}`;
}

function Curve({ points, raw, index, toX, toY }: CurveProps) {
  const few = useMemo(() => thin(points), [points]);
  const rawFew = useMemo(() => raw && thin(raw), [raw]);
  const place = ({ step, value }: CurvePoint) => `${toX(step).toFixed(1)},${toY(value).toFixed(1)}`;
  const name = seriesClass(index);
  return (
    <>
      {rawFew && <polyline class={`chart-line chart-raw ${name}`} points={rawFew.map(place).join(' ')} />}
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
