import type { ReportContext } from '../../product.ts';
import type { ExplorerProps } from '../../shell/view-props.ts';
import { Html } from '../html.tsx';
import './experiments.css';
import { OutputExperiment } from './output-experiment.tsx';
import { PoolerExperiment } from './pooler-experiment.tsx';
import { SelectionExperiment } from './selection-experiment.tsx';
import { experimentTexts } from './text.ts';

/** The id of the section. */
export const experimentsId = 'experiments';

interface ExperimentsProps {
  context: ReportContext;
  explorer: ExplorerProps;
}

/** Experiments on the recorded prediction: each changes one setting and shows the result beside the paper's figures. */
export function Experiments({ context, explorer }: ExperimentsProps) {
  const t = experimentTexts(context.language);
  return (
    <section id={experimentsId}>
      <Html tag="h2" html={t('title')} />
      <Html tag="p" html={t('intro')} />
      <PoolerExperiment context={context} explorer={explorer} />
      <OutputExperiment context={context} />
      <SelectionExperiment context={context} />
    </section>
  );
}
