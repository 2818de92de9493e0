import { useState } from 'preact/hooks';
import type { Language } from '../product.ts';
import type { Say } from './words.ts';

interface ToolbarProps {
  say: Say;
  language: Language;
  onLanguage: (language: Language) => void;
  /** Null if no report can be made. */
  makeReport: (() => Promise<Blob>) | null;
}

/** The choice of language, and a button that saves the report. */
export function Toolbar({ say, language, onLanguage, makeReport }: ToolbarProps) {
  const [error, setError] = useState<string | null>(null);
  const save = async () => {
    if (!makeReport) return;
    setError(null);
    try {
      download(await makeReport(), 'mask-rcnn-report.html');
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure));
    }
  };
  return (
    <div class="explorer-toolbar">
      <label>
        <span class="visually-hidden">{say('language')}</span>
        <select
          class="input"
          value={language}
          onChange={(event) => onLanguage(event.currentTarget.value === 'zh' ? 'zh' : 'en')}
        >
          <option value="en">English</option>
          <option value="zh">中文</option>
        </select>
      </label>
      {makeReport && (
        <button type="button" class="button" onClick={() => void save()}>
          {say('report')}
        </button>
      )}
      {error !== null && (
        <span class="notice-error" role="alert">
          {error}
        </span>
      )}
    </div>
  );
}

function download(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
