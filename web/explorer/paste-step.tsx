import { useMemo, useState } from 'preact/hooks';
import {
  boxText,
  colours,
  figure,
  fixed,
  gridDrawing,
  grouped,
  heatMap,
  type MaskFocus,
  maskArea,
  outlinePath,
  partAround,
  pasters,
  photo,
  type ReportContext,
  rleArea,
  strongBox,
  usualMask,
} from '../product.ts';
import { useWords } from '../words/language.tsx';
import { Html } from './html.tsx';

interface PasteStepProps {
  context: ReportContext;
  mask: MaskFocus;
}

const unit = { low: 0, high: 1 };

/** Section 7 with an adjustable threshold: the 28 × 28 mask, resized, thresholded, and pasted again with each change. */
export function PasteStep({ context, mask }: PasteStepProps) {
  const { say } = useWords();
  const { explanation, t } = context;
  const { input, picture, focus, model } = explanation;
  const [threshold, setThreshold] = useState(0.5);
  const { side, probabilities, resized, originalBox } = mask;
  const fixedFigures = useMemo(() => {
    const small = { rows: side, columns: side, values: probabilities };
    const { width, height } = resized;
    return (
      figure(gridDrawing(small, heatMap(small, unit)), t('stepMask', { side })) +
      figure(gridDrawing(resized.grid, heatMap(resized.grid, unit)), t('stepResized', { width, height }))
    );
  }, [side, probabilities, resized, t]);
  const { paste } = model.mask ?? usualMask;
  const pasted = pasters[paste](Float32Array.from(probabilities), originalBox, picture, threshold);
  const area = rleArea(pasted);
  const above = { ...resized.grid, values: resized.grid.values.map((value) => (value > threshold ? 1 : 0)) };
  const outline = maskArea(outlinePath(pasted, 1), input.scale);
  const box = focus?.box ?? [0, 0, input.width, input.height];
  const boxes = focus
    ? strongBox(focus.proposal.box, colours.proposal, true) + strongBox(focus.box, colours.final)
    : '';
  const cut = figure(gridDrawing(above, heatMap(above, unit)), say('above', { threshold: fixed(threshold) }));
  const result = figure(
    photo(input, outline + boxes, partAround(box, input, 0.6)),
    t('stepPasted', { n: grouped(area) }),
  );
  return (
    <div class="step">
      <label class="range">
        <span>
          {say('threshold')} <b>{fixed(threshold)}</b>
        </span>
        <input
          type="range"
          min={0.02}
          max={0.98}
          step={0.02}
          value={threshold}
          onInput={(event) => setThreshold(Number(event.currentTarget.value))}
        />
        <small>{say('thresholdHelp')}</small>
      </label>
      <Html class="figures" html={fixedFigures + cut + result} />
      <Html
        html={`<dl><div><dt>${t('boxInOriginal')}</dt><dd>${boxText(originalBox)}</dd></div><div><dt>${t('maskPixels')}</dt><dd class="mask-area">${grouped(area)}</dd></div></dl>`}
      />
    </div>
  );
}
