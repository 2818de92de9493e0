import { useMemo, useState } from 'preact/hooks';
import {
  boxPath,
  type Candidate,
  colours,
  type ExplainedStages,
  figure,
  fixed,
  grouped,
  overlapOf,
  photo,
  type ReportContext,
  table,
} from '../../product.ts';
import { useWords } from '../../words/language.tsx';
import { Html } from '../html.tsx';
import { reselectDetections, reselectProposals } from './reselect.ts';
import { Slider } from './slider.tsx';
import { experimentTexts } from './text.ts';

/** Table 2 of Ren et al. 2015: mAP with proposals of the RPN in prediction. */
const published = [
  ['100', '55.1'],
  ['300', '56.8'],
  ['1,000', '56.3'],
] as const;
const publishedWithoutNms = '55.2';

/** IoU at which a proposal is taken to cover an object, as for a positive example in training. */
const covers = 0.5;

interface Settings {
  rpnThreshold: number;
  proposals: number;
  boxThreshold: number;
}

/** Proposals and detections, selected again from the recorded boxes by other settings. */
export function SelectionExperiment({ context }: { context: ReportContext }) {
  const { language } = useWords();
  const t = experimentTexts(language);
  const { explanation } = context;
  const { proposals, detections } = explanation;
  const most = proposals.selected.length;
  const usual = {
    rpnThreshold: proposals.nmsThreshold,
    proposals: most,
    boxThreshold: detections.nmsThreshold,
  };
  const [settings, setSettings] = useState<Settings>(usual);
  const change = (key: keyof Settings) => (value: number) => setSettings({ ...settings, [key]: value });
  const drawn = useMemo(
    () => proposalFigure(context, settings) + detectionFigure(context, settings),
    [context, settings],
  );
  const notes = [
    t('selectionNote'),
    ...(detections.rescored ? [t('selectionRescored')] : []),
    t('selectionUsual'),
  ];
  const rows = published.map(([count, map]) => [count, map]);
  const paper = table([[t('proposals'), 'mAP'], ...rows, [t('withoutNms'), publishedWithoutNms]]);
  return (
    <div class="step experiment-selection">
      <Html html={`<h3>${t('selectionTitle')}</h3><p>${t('selectionIntro')}</p>`} />
      <div class="experiment-controls">
        <Slider
          label={t('rpnThreshold', { usual: fixed(usual.rpnThreshold) })}
          value={settings.rpnThreshold}
          range={[0.05, 0.95, 0.05]}
          onValue={change('rpnThreshold')}
        />
        <Slider
          label={t('proposalCount', { usual: grouped(most) })}
          value={settings.proposals}
          range={[Math.min(1, most), most, 1]}
          onValue={change('proposals')}
        />
        <Slider
          label={t('boxThreshold', { usual: fixed(usual.boxThreshold) })}
          value={settings.boxThreshold}
          range={[0.05, 0.95, 0.05]}
          onValue={change('boxThreshold')}
        />
        <button type="button" class="button" onClick={() => setSettings(usual)}>
          <Html tag="span" html={t('reset')} />
        </button>
      </div>
      <Html class="figures" html={drawn} />
      <Html html={notes.map((text) => `<p>${text}</p>`).join('')} />
      <Html html={figure(paper, t('inPaper', { source: t('selectionTable') }), 'half')} />
    </div>
  );
}

function proposalFigure({ explanation, language }: ReportContext, settings: Settings): string {
  const t = experimentTexts(language);
  const { input, proposals, detections } = explanation;
  const limit = settings.proposals;
  const selected = reselectProposals(proposals, { nmsThreshold: settings.rpnThreshold, limit });
  const boxes = selected.proposals.map(({ box }) => box);
  const objects = detections.instances.map(({ box }) => box);
  const n = boxes.length;
  const caption = t(n === 1 ? 'proposalsOne' : 'proposalsMany', {
    ...(n === 1 ? {} : { n: grouped(n) }),
    all: grouped(proposals.beforeNms.length),
    left: grouped(selected.afterNms),
    found: objects.filter((object) => boxes.some((box) => overlapOf(box, object) >= covers)).length,
    objects: objects.length,
  });
  const outlines = boxPath(boxes, { stroke: colours.proposal, width: 1, opacity: 0.6 });
  return figure(photo(input, outlines), caption, 'half');
}

function detectionFigure({ explanation, language }: ReportContext, settings: Settings): string {
  const { kept, added, lost } = changes(explanation, settings);
  const drawn = [
    outlines(kept, colours.final),
    outlines(added, colours.lost),
    boxPath(
      lost.map(({ box }) => box),
      { stroke: '#fff', dashed: true },
    ),
  ].join('');
  const counts = { kept: kept.length, added: added.length, lost: lost.length };
  const caption = experimentTexts(language)('detectionsCaption', counts);
  return figure(photo(explanation.input, drawn), caption, 'half');
}

function outlines(candidates: readonly Candidate[], stroke: string): string {
  return boxPath(
    candidates.map(({ box }) => box),
    { stroke, width: 1.5 },
  );
}

/** The detections by these settings, compared with those of the prediction. */
function changes({ detections, proposals }: ExplainedStages, settings: Settings) {
  const usual = reselectDetections(detections, {
    nmsThreshold: detections.nmsThreshold,
    proposals: proposals.selected.length,
  });
  const now = reselectDetections(detections, {
    nmsThreshold: settings.boxThreshold,
    proposals: settings.proposals,
  });
  return {
    kept: now.filter((one) => usual.includes(one)),
    added: now.filter((one) => !usual.includes(one)),
    lost: usual.filter((one) => !now.includes(one)),
  };
}
