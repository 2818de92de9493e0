import { useState } from 'preact/hooks';
import { saveFile } from '../files/save-file.ts';
import { useWords } from '../words/language.tsx';
import { errorText } from '../words/page-error.ts';

interface ToolbarProps {
  /** Null if no report can be made. */
  makeReport: (() => Promise<Blob>) | null;
}

/** A button that saves the report. */
export function Toolbar({ makeReport }: ToolbarProps) {
  const { language, say } = useWords();
  const [error, setError] = useState<unknown>(null);
  const save = async () => {
    if (!makeReport) return;
    setError(null);
    try {
      saveFile(await makeReport(), 'mask-rcnn-report.html');
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <div class="explorer-toolbar">
      {makeReport && (
        <button type="button" class="button" onClick={() => void save()}>
          {say('report')}
        </button>
      )}
      {error !== null && (
        <span class="notice-error" role="alert">
          {errorText(error, language)}
        </span>
      )}
    </div>
  );
}
