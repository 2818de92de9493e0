import { useState } from 'preact/hooks';
import {
  colours,
  type Focus,
  figure,
  fixed,
  grouped,
  levelName,
  note,
  overlapOf,
  type PoolerName,
  plainClassName,
  poolerAp,
  poolerNames,
  type ReportContext,
  rleFromCounts,
  rleIou,
  scoreOf,
  table,
} from '../../product.ts';
import type { ExplorerProps } from '../../shell/view-props.ts';
import { useWords } from '../../words/language.tsx';
import { errorText } from '../../words/page-error.ts';
import { Html } from '../html.tsx';
import { maskFigure } from './mask-figure.ts';
import { experimentTexts } from './text.ts';
import { useExchangedPooler } from './use-exchanged-pooler.ts';

interface PoolerExperimentProps {
  context: ReportContext;
  explorer: ExplorerProps;
}

/** The selected proposal by both branches, pooled by the model's own method and by another. */
export function PoolerExperiment({ context, explorer }: PoolerExperimentProps) {
  const { language } = useWords();
  const t = experimentTexts(language);
  const { focus, model } = context.explanation;
  const own = model.boxPool.kind;
  const others = poolerNames.filter((name) => name !== own);
  const [chosen, setChosen] = useState<PoolerName>(own === 'roiPool' ? 'roiAlign' : 'roiPool');
  const [running, setRunning] = useState<PoolerName | null>(null);
  const { exchanged, busy, error } = useExchangedPooler(explorer, running, focus?.proposal.rank ?? null);
  const name = running && t(running);
  return (
    <div class="step experiment-pooler">
      <Html html={`<h3>${t('poolerTitle')}</h3><p>${t('poolerIntro', { own: t(own) })}</p>`} />
      {focus && (
        <div class="experiment-controls">
          <label class="field">
            <Html tag="span" html={t('poolerChoice')} />
            <select
              class="input"
              value={chosen}
              onChange={({ currentTarget }) => setChosen(currentTarget.value as PoolerName)}
            >
              {others.map((each) => (
                <option key={each} value={each} dangerouslySetInnerHTML={{ __html: t(each) }} />
              ))}
            </select>
          </label>
          <button type="button" class="button" disabled={busy} onClick={() => setRunning(chosen)}>
            <Html tag="span" html={t('poolerRun', { pooler: t(chosen) })} />
          </button>
        </div>
      )}
      <div role="status" aria-busy={busy}>
        {busy && <Html tag="p" html={t('poolerBusy', { pooler: name ?? '' })} />}
        {error !== null && (
          <Html html={note(t('poolerFailed', { pooler: name ?? '', message: errorText(error, language) }))} />
        )}
        {focus && exchanged && running && !busy && (
          <Html html={comparison(context, { focus, pooler: own }, { focus: exchanged, pooler: running })} />
        )}
      </div>
      <Html html={publishedTable(t)} />
    </div>
  );
}

interface Pooled {
  focus: Focus;
  pooler: PoolerName;
}

function comparison(context: ReportContext, own: Pooled, other: Pooled): string {
  const t = experimentTexts(context.language);
  const figures = [own, other].map(({ focus, pooler }, i) => {
    const { box, mask, label } = focus;
    const values = {
      pooler: t(pooler),
      name: plainClassName(context, label),
      score: fixed(scoreOf(focus), 3),
    };
    const text = mask ? t('poolerResult', { ...values, n: grouped(mask.area) }) : t('poolerNoMask', values);
    const pasted = mask && rleFromCounts(mask.pasted.counts, mask.pasted.size);
    const caption = i === 0 ? `${text}${t('own')}` : text;
    const outcome = { box, colour: colours.final, mask: pasted };
    return maskFigure(context.explanation, own.focus, outcome, caption);
  });
  const values = {
    box: fixed(overlapOf(own.focus.box, other.focus.box)),
    level: levelName(own.focus.boxRoi.level),
  };
  const masks = [own, other].map(({ focus }) => focus.mask?.pasted);
  const [a, b] = masks.map((mask) => mask && rleFromCounts(mask.counts, mask.size));
  const agree =
    a && b ? t('poolerAgreeMask', { ...values, mask: fixed(rleIou([a], [b])[0]) }) : t('poolerAgree', values);
  return `<div class="figures">${figures.join('')}</div><p>${agree}</p>`;
}

function publishedTable(t: ReturnType<typeof experimentTexts>): string {
  const rows = (['roiPool', 'roiWarp', 'roiAlign'] as const).map((pooler) => {
    const { c4, c5 } = poolerAp[pooler];
    return [t(pooler), c4, c5];
  });
  const caption = t('inPaper', { source: t('poolerTable') });
  return figure(table([['', t('paperC4'), t('paperC5')], ...rows]), caption, 'half');
}
