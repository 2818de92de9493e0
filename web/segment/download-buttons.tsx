import { useState } from 'preact/hooks';
import { saveFile } from '../files/save-file.ts';
import type { WordKey } from '../words/english.ts';
import { useWords } from '../words/language.tsx';
import { errorText } from '../words/page-error.ts';
import { CopyButton } from './copy-button.tsx';
import { type Drawing, jsonFile, pngFile, svgFile } from './downloads.ts';

interface Format {
  /** A name that is the same in every language, or a word. */
  readonly label: string | { readonly word: WordKey };
  /** What the button says when the pointer rests on it. */
  readonly hint: WordKey;
  readonly extension: string;
  readonly make: (drawing: Drawing) => Blob | Promise<Blob>;
}

/** The forms for other tools, whose code is fetched when one is used. */
const tools = () => import('./tool-files.ts');

const formats = [
  { label: 'JSON', hint: 'hintJson', extension: 'json', make: jsonFile },
  { label: 'PNG', hint: 'hintPng', extension: 'png', make: pngFile },
  { label: 'SVG', hint: 'hintSvg', extension: 'svg', make: svgFile },
  {
    label: 'CSV',
    hint: 'hintCsv',
    extension: 'csv',
    make: async (drawing) => (await tools()).csvFile(drawing),
  },
  {
    label: { word: 'labelPicture' },
    hint: 'hintLabels',
    extension: 'labels.png',
    make: async (drawing) => (await tools()).labelFile(drawing),
  },
  {
    label: 'ImageJ',
    hint: 'hintRois',
    extension: 'rois.zip',
    make: async (drawing) => (await tools()).roiFile(drawing),
  },
  {
    label: 'GeoJSON',
    hint: 'hintGeoJson',
    extension: 'geojson',
    make: async (drawing) => (await tools()).geoJsonFile(drawing),
  },
  {
    label: 'COCO',
    hint: 'hintCoco',
    extension: 'coco.json',
    make: async (drawing) => (await tools()).cocoFile(drawing),
  },
] as const satisfies readonly Format[];

/** Saves the visible instances. */
export function DownloadButtons({ drawing }: { drawing: Drawing }) {
  const { language, say } = useWords();
  const [failure, setFailure] = useState<unknown>(null);
  const onClick = async ({ extension, make }: (typeof formats)[number]) => {
    try {
      saveFile(await make(drawing), `${drawing.name.replace(/\.[^.]+$/, '')}.masks.${extension}`);
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
            key={format.extension}
            type="button"
            class="button"
            title={say(format.hint)}
            onClick={() => void onClick(format)}
          >
            {typeof format.label === 'string' ? format.label : say(format.label.word)}
          </button>
        ))}
        <CopyButton drawing={drawing} onFailure={setFailure} />
      </div>
      {failure !== null && (
        <p class="notice notice-error" role="alert">
          {say('downloadFailed', { message: errorText(failure, language) })}
        </p>
      )}
    </section>
  );
}
