import { useState } from 'preact/hooks';
import { type Drawing, jsonFile, pngFile, svgFile } from './downloads.ts';

const formats = [
  { label: 'JSON', hint: 'COCO results', extension: 'json', make: jsonFile },
  { label: 'PNG', hint: 'picture with masks', extension: 'png', make: pngFile },
  { label: 'SVG', hint: 'picture with masks, as lines', extension: 'svg', make: svgFile },
] as const;

/** Saves what is shown. */
export function DownloadButtons({ drawing }: { drawing: Drawing }) {
  const [failure, setFailure] = useState<string | null>(null);
  const onClick = async ({ extension, make }: (typeof formats)[number]) => {
    try {
      save(await make(drawing), `${drawing.name.replace(/\.[^.]+$/, '')}.masks.${extension}`);
      setFailure(null);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <section class="panel-section" aria-label="Download">
      <h2>Download</h2>
      <div class="button-row">
        {formats.map((format) => (
          <button
            key={format.label}
            type="button"
            class="button"
            title={format.hint}
            onClick={() => void onClick(format)}
          >
            {format.label}
          </button>
        ))}
      </div>
      {failure && (
        <p class="notice notice-error" role="alert">
          It cannot be written: {failure}
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
  // The browser has to begin reading first.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
