import { useState } from 'preact/hooks';
import {
  figure,
  logitPicture,
  type MaskFocus,
  otherChannels,
  plainClassName,
  type ReportContext,
  spread,
} from '../product.ts';
import { useWords } from '../words/language.tsx';
import { Html } from './html.tsx';

interface ChannelPickerProps {
  context: ReportContext;
  mask: MaskFocus;
}

/** Shows the mask logits of any class; empty if the branch has a single channel. */
export function ChannelPicker({ context, mask }: ChannelPickerProps) {
  const { say } = useWords();
  const labels = otherChannels(context, mask);
  const [chosen, setChosen] = useState<number | null>(null);
  if (labels.length === 0) return null;
  const label = chosen !== null && labels.includes(chosen) ? chosen : labels[0];
  const logits = mask.logits[label];
  const caption = context.t('otherLogits', { name: plainClassName(context, label), ...spread(logits) });
  return (
    <div class="step">
      <label class="field channel">
        <span>{say('channel')}</span>
        <select
          class="input"
          value={String(label)}
          onChange={(event) => setChosen(Number(event.currentTarget.value))}
        >
          {labels.map((each) => (
            <option key={each} value={each}>
              {plainClassName(context, each)}
            </option>
          ))}
        </select>
      </label>
      <Html class="figures" html={figure(logitPicture(logits, mask.side), caption)} />
    </div>
  );
}
