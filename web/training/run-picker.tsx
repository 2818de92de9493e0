import { useEffect, useState } from 'preact/hooks';
import type { TrainingViewProps } from '../shell/view-props.ts';
import { canFollowFolders, chosenRun, pickFolder } from './open-files.ts';
import { listServerRuns, type RunSource, serverRun } from './run-source.ts';

interface RunPickerProps extends TrainingViewProps {
  current: RunSource | null;
  onPick: (run: RunSource) => void;
  onProblem: (message: string) => void;
}

/** Chooses a run: of the server's folder, or from this machine's disk. */
export function RunPicker({ hasServer, askServer, current, onPick, onProblem }: RunPickerProps) {
  const [names, setNames] = useState<string[] | null>(null);
  const refresh = async (follow: boolean) => {
    try {
      const found = await listServerRuns(askServer);
      setNames(found);
      // The one that was written to last is most likely the one that is running.
      if (follow && found && found.length > 0) onPick(serverRun(found[0], askServer));
    } catch (error) {
      onProblem(error instanceof Error ? error.message : String(error));
    }
  };
  // Once for each server.
  useEffect(() => {
    if (hasServer) void refresh(current === null);
  }, [hasServer, askServer]);
  const pick = async () => {
    try {
      const run = await pickFolder();
      if (run) onPick(run);
    } catch (error) {
      onProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const choose = (files: FileList | null) => {
    const run = chosenRun([...(files ?? [])]);
    if (run) onPick(run);
    else if (files && files.length > 0) onProblem('expected a metrics.jsonl');
  };
  return (
    <div class="run-picker">
      {names && names.length > 0 && (
        <label class="field">
          <span>Run on the server</span>
          <select
            class="input"
            value={current && names.includes(current.name) ? current.name : ''}
            onFocus={() => void refresh(false)}
            onChange={(event) => onPick(serverRun(event.currentTarget.value, askServer))}
          >
            {(!current || !names.includes(current.name)) && <option value="">Choose …</option>}
            {names.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {canFollowFolders && (
        <button type="button" class="button" onClick={() => void pick()}>
          Follow a run’s folder
        </button>
      )}
      <label class="button">
        Open metrics.jsonl
        <input
          type="file"
          class="visually-hidden"
          accept=".jsonl,.json"
          multiple
          onChange={(event) => choose(event.currentTarget.files)}
        />
      </label>
      {hasServer && names === null && (
        <p class="run-hint">
          <code>mask-rcnn serve --runs FOLDER</code> shows the runs of the server here.
        </p>
      )}
    </div>
  );
}
