import { useWords } from '../words/language.tsx';
import { largestZoom } from './use-zoom.ts';

interface ZoomButtonsProps {
  zoom: number;
  onZoom: (zoom: number) => void;
}

/** Zooms in and out by a factor of 1.5; the percentage shows the whole picture again. */
export function ZoomButtons({ zoom, onZoom }: ZoomButtonsProps) {
  const { say } = useWords();
  return (
    <fieldset class="picture-bar-group">
      <legend class="visually-hidden">{say('zoom')}</legend>
      <button
        type="button"
        class="icon-button"
        aria-label={say('zoomOut')}
        title={say('zoomOut')}
        aria-disabled={zoom === 1}
        onClick={() => onZoom(zoom / 1.5)}
      >
        <span aria-hidden="true">−</span>
      </button>
      <button
        type="button"
        class="icon-button zoom-percent"
        title={say('zoomFit')}
        aria-disabled={zoom === 1}
        onClick={() => onZoom(1)}
      >
        {say('zoomPercent', { percent: Math.round(100 * zoom) })}
        <span class="visually-hidden"> {say('zoomFit')}</span>
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={say('zoomIn')}
        title={say('zoomIn')}
        aria-disabled={zoom === largestZoom}
        onClick={() => onZoom(zoom * 1.5)}
      >
        <span aria-hidden="true">+</span>
      </button>
    </fieldset>
  );
}
