import { useCallback, useState } from 'preact/hooks';
import { openModel } from '../model/model-choice.ts';
import { SegmentView } from '../segment/segment-view.tsx';
import { askServer } from '../server/server-client.ts';
import { LanguageSwitch, useWords } from '../words/language.tsx';
import { LazyView } from './lazy-view.tsx';
import { Tabs } from './tabs.tsx';
import { ThemeSwitch } from './theme.tsx';
import { type Session, useSession } from './use-session.ts';
import type { ExplorerProps, TrainingViewProps } from './view-props.ts';

const tabs = [
  { id: 'segment', label: 'viewSegment' },
  { id: 'stages', label: 'viewStages' },
  { id: 'training', label: 'viewTraining' },
  { id: 'errors', label: 'viewErrors' },
] as const;
type TabId = (typeof tabs)[number]['id'];

const loadExplorer = async () => (await import('../explorer/explorer.tsx')).Explorer;
const loadErrors = async () => (await import('../errors/errors-view.tsx')).ErrorsView;
const loadTraining = async () => (await import('../training/training-view.tsx')).TrainingView;

/** The whole page: the header, the tabs, and the state they share. */
export function App() {
  const [current, setCurrent] = useState<TabId>('segment');
  const session = useSession();
  const { say } = useWords();
  return (
    <div class="shell">
      <header class="shell-header">
        <h1 class="shell-name">mask-rcnn</h1>
        <Tabs
          name={say('views')}
          tabs={tabs.map(({ id, label }) => ({ id, label: say(label) }))}
          current={current}
          onChange={setCurrent}
        />
        <LanguageSwitch />
        <ThemeSwitch />
      </header>
      <main class="shell-main">
        {/* Stays mounted while other views are shown: it holds the results, and the model in its worker. */}
        <div id="panel-segment" role="tabpanel" aria-labelledby="tab-segment" hidden={current !== 'segment'}>
          <SegmentView
            session={session}
            isListening={current !== 'training' && current !== 'errors'}
            isShown={current === 'segment'}
          />
        </div>
        {current === 'stages' && (
          <div id="panel-stages" role="tabpanel" aria-labelledby="tab-stages">
            <StagesPanel session={session} onSegment={() => setCurrent('segment')} />
          </div>
        )}
        {current === 'training' && (
          <div id="panel-training" role="tabpanel" aria-labelledby="tab-training">
            <LazyView<TrainingViewProps>
              load={loadTraining}
              props={{ hasServer: session.server.kind !== 'none', askServer }}
            />
          </div>
        )}
        {current === 'errors' && (
          <div id="panel-errors" role="tabpanel" aria-labelledby="tab-errors">
            <LazyView load={loadErrors} props={{}} />
          </div>
        )}
      </main>
    </div>
  );
}

interface StagesPanelProps {
  session: Session;
  /** Goes to the first view. */
  onSegment: () => void;
}

function StagesPanel({ session: { picture, model, source }, onSegment }: StagesPanelProps) {
  const { say } = useWords();
  const open = useCallback(
    async (signal?: AbortSignal) => {
      if (!model) throw new Error('no model has been chosen');
      return openModel(model, { askServer, signal });
    },
    [model],
  );
  if (!picture || !model) {
    return (
      <div class="empty-view">
        <p class="empty-view-title">{say(picture ? 'stagesNoModel' : 'stagesEmptyTitle')}</p>
        <p class="empty-view-hint">{say('stagesEmptyHint')}</p>
        <button type="button" class="button button-primary" onClick={onSegment}>
          {say(picture ? 'toModel' : 'toSegment')}
        </button>
      </div>
    );
  }
  const { blob, name } = picture;
  const props = { picture: blob, name, source, model: model.name, openModel: open, askServer };
  return <LazyView<ExplorerProps> load={loadExplorer} props={props} />;
}
