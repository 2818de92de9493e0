import { useState } from 'preact/hooks';
import { useWords } from '../words/language.tsx';
import { errorText } from '../words/page-error.ts';
import { type Drawing, jsonFile, pngFile, svgFile } from './downloads.ts';

const formats = [
  { label: 'JSON', hint: 'hintJson', extension: 'json', make: jsonFile },
  { label: 'PNG', hint: 'hintPng', extension: 'png', make: pngFile },
  { label: 'SVG', hint: 'hintSvg', extension: 'svg', make: svgFile },
] as const;

/** Saves the visible instances. */
export function DownloadButtons({ drawing }: { drawing: Drawing }) {
  const { language, say } = useWords();
  const [failure, setFailure] = useState<unknown>(null);
  const onClick = async ({ extension, make }: (typeof formats)[number]) => {
    try {
      save(await make(drawing), `${drawing.name.replace(/\.[^.]+$/, '')}.masks.${extension}`);
      setFailure(null);
    } catch (error) {
      setFailure(error);
    }
  };
  return (
    <section class="panel-section" aria-label={say('download')}>
      <h2>{say('download')}</h2>
      <div class="button-row">
        {formats.map((format) => (
          <button
            key={format.label}
            type="button"
            class="button"
            title={say(format.hint)}
            onClick={() => void onClick(format)}
          >
            {format.label}
          </button>
        ))}
      </div>
      {failure !== null && (
        <p class="notice notice-error" role="alert">
          {say('downloadFailed', { message: errorText(failure, language) })}
        </p>
      )}
    </section>
  );
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Not before the browser has started to read it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
