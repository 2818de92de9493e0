import { useEffect, useState } from 'preact/hooks';
import type { TrainingViewProps } from '../shell/view-props.ts';
import { useWords } from '../words/language.tsx';
import { PageError } from '../words/page-error.ts';
import { canFollowFolders, chosenRun, pickFolder } from './open-files.ts';
import { listServerRuns, type RunSource, serverRun } from './run-source.ts';

interface RunPickerProps extends TrainingViewProps {
  current: RunSource | null;
  onPick: (run: RunSource) => void;
  onProblem: (error: unknown) => void;
}

/** Chooses a run: one of the server's, or one on this machine's disk. */
export function RunPicker({ hasServer, askServer, current, onPick, onProblem }: RunPickerProps) {
  const { say } = useWords();
  const [names, setNames] = useState<string[] | null>(null);
  const refresh = async (follow: boolean) => {
    try {
      const found = await listServerRuns(askServer);
      setNames(found);
      // The most recently written run is probably the one in progress.
      if (follow && found && found.length > 0) onPick(serverRun(found[0], askServer));
    } catch (error) {
      onProblem(error);
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
      onProblem(error);
    }
  };
  const choose = (files: FileList | null) => {
    const run = chosenRun([...(files ?? [])]);
    if (run) onPick(run);
    else if (files && files.length > 0) onProblem(new PageError('expectedMetrics'));
  };
  return (
    <div class="run-picker">
      {names && names.length > 0 && (
        <label class="field">
          <span>{say('serverRun')}</span>
          <select
            class="input"
            value={current && names.includes(current.name) ? current.name : ''}
            onFocus={() => void refresh(false)}
            onChange={(event) => onPick(serverRun(event.currentTarget.value, askServer))}
          >
            {(!current || !names.includes(current.name)) && <option value="">{say('chooseRun')}</option>}
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
          {say('followFolder')}
        </button>
      )}
      <label class="button">
        {say('openMetrics')}
        <input
          type="file"
          class="visually-hidden"
          accept=".jsonl,.json"
          multiple
          onChange={(event) => choose(event.currentTarget.files)}
        />
      </label>
      {hasServer && names === null && (
        <p class="run-hint">{say('runsHint', { command: 'mask-rcnn serve --runs FOLDER' })}</p>
      )}
    </div>
  );
}
