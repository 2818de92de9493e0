import { useMemo, useState } from 'preact/hooks';
import { type CurvePoint, metricNames } from '../product.ts';
import type { TrainingViewProps } from '../shell/view-props.ts';
import { useWords } from '../words/language.tsx';
import { errorText, PageError } from '../words/page-error.ts';
import type { Say } from '../words/say.ts';
import { Chart, type Series } from './chart.tsx';
import { droppedRun } from './open-files.ts';
import { type Curves, smooth, summarise } from './run-log.ts';
import { RunPicker } from './run-picker.tsx';
import type { RunSource } from './run-source.ts';
import { RunSummary } from './run-summary.tsx';
import './training.css';
import { useRun } from './use-run.ts';

/** Shows a training run from its `metrics.jsonl`, on the server or on disk, and updates as it continues. */
export function TrainingView(props: TrainingViewProps) {
  const { language, say } = useWords();
  const [source, setSource] = useState<RunSource | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [smoothing, setSmoothing] = useState(true);
  const { run, error, loaded } = useRun(source);
  const summary = useMemo(() => summarise(run.curves, run.plan), [run]);
  const charts = useMemo(() => seriesOf(run.curves, smoothing, say), [run, smoothing, say]);
  const pick = (next: RunSource) => {
    setProblem(null);
    setSource(next);
  };
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    // Other views accept pictures dropped anywhere on the page.
    event.stopPropagation();
    const items = event.dataTransfer?.items;
    const next = items ? await droppedRun(items) : null;
    if (next) pick(next);
    else setProblem(new PageError('expectedRun'));
  };
  const failure = problem ?? error;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files can be chosen by the button too
    <div class="training" onDragOver={(event) => event.preventDefault()} onDrop={(event) => void drop(event)}>
      <RunPicker {...props} current={source} onPick={pick} onProblem={setProblem} />
      {failure !== null && (
        <p class="notice notice-error" role="alert">
          {errorText(failure, language)}
        </p>
      )}
      {!source && <p class="notice">{say('dropRun')}</p>}
      {source && (
        <>
          <p class="run-status" role="status">
            <strong>{source.name}</strong>{' '}
            {say(summary.isFinished ? 'runFinished' : source.isLive ? 'runLive' : 'runSnapshot')}
          </p>
          {loaded && run.curves.size === 0 && failure === null && <p class="notice">{say('runEmpty')}</p>}
          {run.curves.size > 0 && (
            <>
              <RunSummary summary={summary} plan={run.plan} />
              <label class="run-smooth">
                <input
                  type="checkbox"
                  checked={smoothing}
                  onChange={(event) => setSmoothing(event.currentTarget.checked)}
                />{' '}
                {say('smooth')}
              </label>
              <div class="charts">
                <Chart title={say('losses')} series={charts.losses} format={threeDigits} />
                {charts.validation.length > 0 && (
                  <Chart
                    title={say('validation')}
                    note={say('validationNote')}
                    series={charts.validation}
                    high={1}
                    format={threeDecimals}
                  />
                )}
                <Chart title={say('learningRate')} series={charts.learningRate} format={threeDigits} />
                <Chart title={say('speed')} series={charts.speed} format={threeDigits} />
              </div>
            </>
          )}
        </>
      )}
    </div>
  );
}

function seriesOf(curves: Curves, smoothing: boolean, say: Say) {
  const series = (name: string, points: readonly CurvePoint[], noisy: boolean): Series => {
    const isSmoothed = noisy && smoothing;
    return { name, points: isSmoothed ? smooth(points) : points, raw: isSmoothed ? points : null };
  };
  const startingWith = (prefix: string, noisy: boolean) =>
    [...curves]
      .filter(([name, points]) => name.startsWith(prefix) && points.length > 0)
      .map(([name, points]) => series(name.slice(prefix.length), points, noisy));
  const alone = (key: string, name: string, noisy: boolean) => {
    const points = curves.get(key) ?? [];
    return points.length > 0 ? [series(name, points, noisy)] : [];
  };
  return {
    losses: startingWith(metricNames.losses, true),
    validation: startingWith(metricNames.validation, false),
    learningRate: alone(metricNames.learningRate, say('learningRate'), false),
    speed: alone(metricNames.picturesPerSecond, say('speed'), true),
  };
}

function threeDigits(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

function threeDecimals(value: number): string {
  return value.toFixed(3);
}
