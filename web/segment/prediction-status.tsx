import type { PredictionState, RanOn } from './use-prediction.ts';

interface PredictionStatusProps {
  state: PredictionState;
  /** Instances that are shown, and all that were found. */
  shown: number;
  found: number;
  onCancel: () => void;
  onRetry: () => void;
}

/** One line on what happens or was found, read out to those who do not see it. */
export function PredictionStatus({ state, shown, found, onCancel, onRetry }: PredictionStatusProps) {
  const isBusy = state.kind === 'downloading' || state.kind === 'preparing' || state.kind === 'predicting';
  return (
    <div class="status">
      <p class={state.kind === 'failed' ? 'status-text status-failed' : 'status-text'} aria-live="polite">
        {textOf(state, { shown, found })}
      </p>
      {isBusy && <ProgressBar state={state} />}
      {isBusy && (
        <button type="button" class="button" onClick={onCancel}>
          Cancel
        </button>
      )}
      {(state.kind === 'failed' || state.kind === 'cancelled') && (
        <button type="button" class="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

function ProgressBar({ state }: { state: PredictionState }) {
  const { loaded = 0, total = null } = state.kind === 'downloading' ? state.progress : {};
  // Without a value the bar shows that something happens, and not how far it is.
  return (
    <progress
      class="progress"
      {...(total === null ? {} : { value: loaded, max: total })}
      aria-label="Progress"
    />
  );
}

function textOf(state: PredictionState, { shown, found }: { shown: number; found: number }): string {
  switch (state.kind) {
    case 'idle':
      return '';
    case 'downloading':
      // Whole megabytes change seldom enough to be read out.
      return state.progress.total === null
        ? 'Downloading the model'
        : `Downloading the model (${megabytes(state.progress.total)})`;
    case 'preparing':
      return 'Preparing the model';
    case 'predicting':
      return 'Looking at the picture';
    case 'cancelled':
      return 'Cancelled';
    case 'failed':
      return state.reason;
    case 'done':
      return `${shown} of ${found} instances shown · ${placeOf(state.ranOn)}, ${duration(state.ms)}`;
  }
}

function placeOf({ source, loaded }: RanOn): string {
  if (source === 'server' || !loaded) return 'on the server';
  if (loaded.device === 'webgpu') return 'in this browser by WebGPU';
  return `in this browser, ${loaded.threads === 1 ? '1 thread' : `${loaded.threads} threads`}`;
}

function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
