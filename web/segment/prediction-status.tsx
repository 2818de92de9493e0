import { useWords } from '../words/language.tsx';
import { errorText } from '../words/page-error.ts';
import type { Say } from '../words/say.ts';
import { megabytes } from './megabytes.ts';
import type { PredictionState, RanOn } from './use-prediction.ts';

interface PredictionStatusProps {
  state: PredictionState;
  /** Numbers of instances. */
  counts: InstanceCounts;
  onCancel: () => void;
  onRetry: () => void;
}

export interface InstanceCounts {
  found: number;
  /** At or above the threshold. */
  above: number;
  /** Those whose class is visible too. */
  shown: number;
  threshold: number;
  /** Left out by the maximum number. */
  omitted: number;
}

/** One line with the state or the result of the prediction, announced by screen readers. */
export function PredictionStatus({ state, counts, onCancel, onRetry }: PredictionStatusProps) {
  const { language, say } = useWords();
  const isBusy = state.kind === 'downloading' || state.kind === 'preparing' || state.kind === 'predicting';
  return (
    <div class="status">
      <p class={state.kind === 'failed' ? 'status-text status-failed' : 'status-text'} aria-live="polite">
        {state.kind === 'failed' ? errorText(state.error, language) : textOf(say, state, counts)}
      </p>
      {isBusy && <ProgressBar state={state} />}
      {isBusy && (
        <button type="button" class="button" onClick={onCancel}>
          {say('cancel')}
        </button>
      )}
      {(state.kind === 'failed' || state.kind === 'cancelled') && (
        <button type="button" class="button" onClick={onRetry}>
          {say('retry')}
        </button>
      )}
    </div>
  );
}

function ProgressBar({ state }: { state: PredictionState }) {
  const { say } = useWords();
  const { loaded = 0, total = null } = state.kind === 'downloading' ? state.progress : {};
  // Without a value, the bar is indeterminate.
  return (
    <progress
      class="progress"
      {...(total === null ? {} : { value: loaded, max: total })}
      aria-label={say('progress')}
    />
  );
}

function textOf(
  say: Say,
  state: Exclude<PredictionState, { kind: 'failed' }>,
  counts: InstanceCounts,
): string {
  switch (state.kind) {
    case 'idle':
      return '';
    case 'downloading':
      // The progress itself would be announced too often.
      return state.progress.total === null
        ? say('downloading')
        : say('downloadingSize', { size: megabytes(state.progress.total) });
    case 'preparing':
    case 'predicting':
    case 'cancelled':
      return say(state.kind);
    case 'done': {
      const { ranOn, ms } = state;
      const omitted = counts.omitted > 0 ? [say('omitted', { n: counts.omitted })] : [];
      return [found(say, counts), ...omitted, placeOf(say, ranOn), duration(say, ms)].join(' · ');
    }
  }
}

function found(say: Say, { found: n, above, shown, threshold }: InstanceCounts): string {
  if (n === 0) return say('foundNothing');
  return above === 0
    ? say('nothingAbove', { n, threshold: threshold.toFixed(2) })
    : say('shownOf', { n, shown });
}

function placeOf(say: Say, { source, loaded }: RanOn): string {
  if (source === 'server' || !loaded) return say('ranOnServer');
  if (loaded.device === 'webgpu') return say('ranOnGpu');
  return say('ranOnCpu', { n: loaded.threads });
}

function duration(say: Say, ms: number): string {
  return ms < 1000
    ? say('milliseconds', { n: Math.round(ms) })
    : say('seconds', { n: (ms / 1000).toFixed(1) });
}
