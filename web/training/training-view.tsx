import { useMemo, useState } from 'preact/hooks';
import type { TrainingViewProps } from '../shell/view-props.ts';
import { Chart, type Series } from './chart.tsx';
import { droppedRun } from './open-files.ts';
import { type Curves, smooth, summarise } from './run-log.ts';
import { RunPicker } from './run-picker.tsx';
import type { RunSource } from './run-source.ts';
import { RunSummary } from './run-summary.tsx';
import './training.css';
import { useRun } from './use-run.ts';

/** Follows a training run by its `metrics.jsonl`, from the server or from the disk, while it goes on. */
export function TrainingView(props: TrainingViewProps) {
  const [source, setSource] = useState<RunSource | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [smoothing, setSmoothing] = useState(true);
  const { run, error, loaded } = useRun(source);
  const summary = useMemo(() => summarise(run.curves, run.plan), [run]);
  const charts = useMemo(() => seriesOf(run.curves, smoothing), [run, smoothing]);
  const pick = (next: RunSource) => {
    setProblem(null);
    setSource(next);
  };
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    // Other views take pictures that are dropped anywhere on the page.
    event.stopPropagation();
    const items = event.dataTransfer?.items;
    const next = items ? await droppedRun(items) : null;
    if (next) pick(next);
    else setProblem('expected the folder of a run, or its metrics.jsonl');
  };
  const said = problem ?? error;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files can be chosen by the button too
    <div class="training" onDragOver={(event) => event.preventDefault()} onDrop={(event) => void drop(event)}>
      <RunPicker {...props} current={source} onPick={pick} onProblem={setProblem} />
      {said !== null && (
        <p class="notice notice-error" role="alert">
          {said}
        </p>
      )}
      {!source && (
        <p class="notice">
          Drop the folder of a run here, or its <code>metrics.jsonl</code>, to see its curves; they are not
          sent anywhere.
        </p>
      )}
      {source && (
        <>
          <p class="run-status" role="status">
            <strong>{source.name}</strong>{' '}
            {source.isLive
              ? 'is followed while it goes on.'
              : 'as it was when it was opened; this browser cannot follow it.'}
          </p>
          {loaded && run.curves.size === 0 && !said && <p class="notice">The run has no figures yet.</p>}
          {run.curves.size > 0 && (
            <>
              <RunSummary summary={summary} plan={run.plan} />
              <label class="run-smooth">
                <input
                  type="checkbox"
                  checked={smoothing}
                  onChange={(event) => setSmoothing(event.currentTarget.checked)}
                />{' '}
                Smooth losses and speed
              </label>
              <div class="charts">
                <Chart title="Losses" series={charts.losses} format={threeDigits} />
                {charts.validation.length > 0 && (
                  <Chart
                    title="Validation"
                    note="Average precision as COCO computes it, 0 to 1."
                    series={charts.validation}
                    high={1}
                    format={threeDecimals}
                  />
                )}
                <Chart title="Learning rate" series={charts.learningRate} format={threeDigits} />
                <Chart title="Pictures a second" series={charts.speed} format={threeDigits} />
              </div>
            </>
          )}
        </>
      )}
    </div>
  );
}

function seriesOf(curves: Curves, smoothing: boolean) {
  const startingWith = (prefix: string, noisy: boolean): Series[] =>
    [...curves]
      .filter(([name, points]) => name.startsWith(prefix) && points.length > 0)
      .map(([name, points]) => ({
        name: name.slice(prefix.length) || name,
        points: noisy && smoothing ? smooth(points) : points,
      }));
  return {
    losses: startingWith('loss/', true),
    validation: startingWith('validation/', false),
    learningRate: startingWith('learningRate', false),
    speed: startingWith('picturesPerSecond', true),
  };
}

function threeDigits(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

function threeDecimals(value: number): string {
  return value.toFixed(3);
}
