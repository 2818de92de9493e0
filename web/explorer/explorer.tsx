import { useEffect, useMemo, useState } from 'preact/hooks';
import { type Focus, translator } from '../product.ts';
import type { ExplorerProps } from '../shell/view-props.ts';
import { useWords } from '../words/language.tsx';
import { errorText } from '../words/page-error.ts';
import type { Say } from '../words/say.ts';
import { Experiments, experimentsId } from './experiments/experiments.tsx';
import { experimentTexts } from './experiments/text.ts';
import { Html } from './html.tsx';
import './explorer.css';
import './report-pieces.css';
import './roi-choice.css';
import { type Kind, RoiChoice } from './roi-choice.tsx';
import { RoiFacts } from './roi-facts.tsx';
import { RoiPicture } from './roi-picture.tsx';
import { Sections, sectionKeys } from './sections.tsx';
import { SharedPicture } from './shared-picture.tsx';
import { Toolbar } from './toolbar.tsx';
import { useCurrentSection } from './use-current-section.ts';
import { useExplanation } from './use-explanation.ts';

/** Number of outlines shown initially; more would hide the picture. */
const shownAtFirst = 60;

/** The steps of the report, and the experiments. */
const shownSections = [...sectionKeys, experimentsId];

/**
 * The stages of a prediction, with the order and texts of the report, for the object or proposal chosen in the picture
 * or from the list.
 */
export function Explorer(props: ExplorerProps) {
  const { language, say } = useWords();
  const [kind, setKind] = useState<Kind>('objects');
  const [shown, setShown] = useState(shownAtFirst);
  const { known, follow, retry, report } = useExplanation(props);
  const { stages, focus, busy, error } = known;
  const section = useCurrentSection(shownSections, stages !== null);
  const t = useMemo(() => translator(language), [language]);
  const context = useMemo(
    () => stages && { explanation: { ...stages, focus }, language, t },
    [stages, focus, language, t],
  );
  const boxes = useMemo(() => {
    if (!stages) return [];
    const { selected } = stages.proposals;
    return (kind === 'objects' ? stages.detections.instances : selected.slice(0, shown)).map(
      ({ box }) => box,
    );
  }, [stages, kind, shown]);
  useEffect(() => {
    if (stages?.detections.instances.length === 0) setKind('proposals');
  }, [stages]);

  const toolbar = <Toolbar makeReport={report && stages && (() => report(wishOf(focus), language))} />;
  if (!stages || !context) {
    return (
      <div class="explorer">
        {toolbar}
        {error === null ? (
          <p class="notice" role="status" aria-busy="true">
            {say('predicting')}
          </p>
        ) : (
          <p class="notice notice-error" role="alert">
            {say('stagesFailed', { message: errorText(error, language) })}{' '}
            <button type="button" class="button" onClick={retry}>
              {say('retry')}
            </button>
          </p>
        )}
      </div>
    );
  }
  const current = focus && (kind === 'objects' ? focus.instance : focus.proposal.rank);
  const choose = (index: number) => follow(kind === 'objects' ? { instance: index } : { proposal: index });
  return (
    <div class="explorer" aria-busy={busy}>
      <SharedPicture picture={props.picture} input={stages.input} />
      {toolbar}
      <div class="explorer-columns">
        <aside class="explorer-side">
          <RoiPicture
            stages={stages}
            focus={focus}
            kind={kind}
            boxes={boxes}
            current={current}
            label={say('pictureHelp')}
            onChoose={choose}
          />
          <p class="roi-status" role="status">
            {error !== null
              ? errorText(error, language)
              : busy
                ? say('following')
                : focus && fateOf(focus, say)}
          </p>
          <p class="roi-help">{say('pictureHelp')}</p>
          <RoiChoice
            stages={stages}
            kind={kind}
            current={current}
            shown={shown}
            onKind={setKind}
            onShown={setShown}
            onChoose={choose}
          />
          <nav class="explorer-steps" aria-label={say('steps')}>
            <ol>
              {sectionKeys.map((key) => (
                <li key={key}>
                  <a href={`#${key}`} {...(key === section && { 'aria-current': 'location' })}>
                    {t(key)}
                  </a>
                </li>
              ))}
              <li>
                <a
                  href={`#${experimentsId}`}
                  {...(section === experimentsId && { 'aria-current': 'location' })}
                >
                  <Html tag="span" html={experimentTexts(language)('title')} />
                </a>
              </li>
            </ol>
          </nav>
          {focus && <RoiFacts context={context} focus={focus} />}
        </aside>
        <div class="explorer-body">
          <Sections context={context} />
          <Experiments context={context} explorer={props} />
        </div>
      </div>
    </div>
  );
}

/** The fate of the RoI in one sentence. */
function fateOf({ fate, instance, suppressedBy, proposal }: Focus, say: Say): string {
  const n = proposal.rank + 1;
  if (fate === 'instance') return say('became', { n, object: (instance ?? 0) + 1 });
  if (fate === 'suppressed') return say('gaveWay', { n, object: (suppressedBy ?? 0) + 1 });
  if (fate === 'rescored') return say('loweredByMask', { n });
  if (fate === 'background') return say('becameBackground', { n });
  return say(fate === 'belowThreshold' ? 'scoredBelow' : 'leftOut', { n });
}

function wishOf(focus: Focus | null) {
  if (!focus) return {};
  return focus.instance === null ? { proposal: focus.proposal.rank } : { instance: focus.instance };
}
