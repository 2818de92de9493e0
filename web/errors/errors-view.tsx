import { useState } from 'preact/hooks';
import { droppedFiles } from '../files/dropped-files.ts';
import { baseName, type NamedFile, namedFiles } from '../files/named-files.ts';
import { saveFile } from '../files/save-file.ts';
import { useWords } from '../words/language.tsx';
import { errorText } from '../words/page-error.ts';
import { type ErrorFiles, sortErrorFiles } from './error-files.ts';
import './errors.css';
import { ReportView } from './report-view.tsx';
import { useErrorReport } from './use-error-report.ts';

const defaultScore = 0.5;

/** Shows where a model is wrong, from its results and the annotations, as `mask-rcnn coco-eval --report` does. */
export function ErrorsView() {
  const { language, say } = useWords();
  const [files, setFiles] = useState<ErrorFiles | null>(null);
  const [score, setScore] = useState(defaultScore);
  const [problem, setProblem] = useState<unknown>(null);
  const { progress, report, error } = useErrorReport(files, score, language);
  const choose = async (chosen: readonly NamedFile[]) => {
    if (chosen.length === 0) return;
    try {
      setFiles(await sortErrorFiles(chosen));
      setProblem(null);
    } catch (thrown) {
      setProblem(thrown);
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    // Other views accept pictures dropped anywhere on the page.
    event.stopPropagation();
    if (event.dataTransfer) void droppedFiles(event.dataTransfer.items).then(choose);
  };
  const failure = problem ?? error;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files can be chosen by the buttons too
    <div class="errors" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <div class="errors-picker">
        <FileButton label={say('errorsFiles')} onFiles={choose} />
        <FileButton label={say('errorsFolder')} isFolder onFiles={choose} />
        <label class="field">
          <span>{say('errorsScore')}</span>
          <input
            class="input"
            type="number"
            min="0"
            max="1"
            step="0.05"
            value={score}
            onChange={({ currentTarget }) => {
              if (currentTarget.reportValidity()) setScore(currentTarget.valueAsNumber);
            }}
          />
        </label>
        {report && files && (
          <button type="button" class="button" onClick={() => save(report.html, files)}>
            {say('errorsSave')}
          </button>
        )}
      </div>
      {failure !== null && (
        <p class="notice notice-error" role="alert">
          {errorText(failure, language)}
        </p>
      )}
      {!files && (
        <div class="notice">
          <p>{say('errorsHint')}</p>
          <p>{say('errorsFrom', { command: 'mask-rcnn eval --dt results.json' })}</p>
        </div>
      )}
      {progress !== null && (
        <p class="notice" role="status">
          {say('errorsBusy')} <progress value={progress} aria-label={say('errorsBusy')} />
        </p>
      )}
      {report?.notes.map((line) => (
        <p class="notice" key={line}>
          {line}
        </p>
      ))}
      {report && <ReportView html={report.content.html} />}
    </div>
  );
}

function save(html: string, { results }: ErrorFiles): void {
  const name = baseName(results[0].path).replace(/\.json$/i, '');
  saveFile(new Blob([html], { type: 'text/html' }), `${name}.errors.html`);
}

interface FileButtonProps {
  label: string;
  isFolder?: boolean;
  onFiles: (files: readonly NamedFile[]) => Promise<void>;
}

function FileButton({ label, isFolder = false, onFiles }: FileButtonProps) {
  return (
    <label class="button">
      {label}
      <input
        type="file"
        class="visually-hidden"
        multiple
        ref={(element) => {
          if (element) element.webkitdirectory = isFolder;
        }}
        onChange={({ currentTarget }) => {
          void onFiles(namedFiles(currentTarget.files ?? []));
          // The same files can be chosen again.
          currentTarget.value = '';
        }}
      />
    </label>
  );
}
