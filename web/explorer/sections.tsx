import { useMemo } from 'preact/hooks';
import {
  decouplingSection,
  flowSection,
  focusNote,
  joinSentences,
  lossSection,
  maskBranchSection,
  maskNote,
  poolingSection,
  predictionText,
  type ReportContext,
  structureSection,
} from '../product.ts';
import { ChannelPicker } from './channel-picker.tsx';
import { Html } from './html.tsx';
import { PasteStep } from './paste-step.tsx';

/** The sections' headings in the order of the report. */
export const sectionKeys = ['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8'] as const;

/** The report's sections for the followed RoI, with interactive parts. */
export function Sections({ context }: { context: ReportContext }) {
  const { explanation, t } = context;
  const { focus } = explanation;
  const drawn = useMemo(
    () => ({
      flow: flowSection(context),
      mask: maskBranchSection(context),
      decoupling: decouplingSection(context),
      structure: structureSection(context),
      loss: lossSection(context),
      pooling: poolingSection(context),
    }),
    [context],
  );
  return (
    <>
      <section id="s1">
        <Html tag="h2" html={`<span>1</span>${t('s1')}`} />
        <Html tag="p" html={joinSentences([t('s1a'), t('s1b')])} />
        <Html html={focusNote(context)} />
      </section>
      <Html html={drawn.flow} />
      <Html html={drawn.mask} />
      <Html html={drawn.decoupling} />
      {focus?.mask && <ChannelPicker context={context} mask={focus.mask} />}
      <Html html={drawn.structure} />
      <Html html={drawn.loss} />
      <section id="s7">
        <Html tag="h2" html={`<span>7</span>${t('s7')}`} />
        <Html html={maskNote(context)} />
        <Html tag="p" html={joinSentences(predictionText(context))} />
        {focus?.mask && <PasteStep context={context} mask={focus.mask} />}
      </section>
      <Html html={drawn.pooling} />
    </>
  );
}
