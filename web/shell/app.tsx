import type { ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import { LazyView } from './lazy-view.tsx';
import { Tabs } from './tabs.tsx';
import { ThemeSwitch } from './theme.tsx';
import type { AskServer, ExplorerProps, TrainingViewProps } from './view-props.ts';

const tabs = [
  { id: 'segment', label: 'Segment' },
  { id: 'stages', label: 'Stages' },
  { id: 'training', label: 'Training' },
] as const;
type TabId = (typeof tabs)[number]['id'];

const askServer: AskServer = (path, init) => fetch(path, init);

const explorers = import.meta.glob<{ Explorer: ComponentType<ExplorerProps> }>('../explorer/explorer.tsx');
const trainings = import.meta.glob<{ TrainingView: ComponentType<TrainingViewProps> }>(
  '../training/training-view.tsx',
);
const loadExplorer = async () => (await explorers['../explorer/explorer.tsx']()).Explorer;
const loadTraining = async () => (await trainings['../training/training-view.tsx']()).TrainingView;

/** The whole page: header, tabs, and what they share. */
export function App() {
  const [current, setCurrent] = useState<TabId>('segment');
  const [picture] = useState<Blob | null>(null);
  return (
    <div class="shell">
      <header class="shell-header">
        <h1 class="shell-name">mask-rcnn</h1>
        <Tabs tabs={tabs} current={current} onChange={setCurrent} />
        <ThemeSwitch />
      </header>
      <main class="shell-main">
        <div id={`panel-${current}`} role="tabpanel" aria-labelledby={`tab-${current}`}>
          {current === 'stages' &&
            (picture ? (
              <LazyView<ExplorerProps>
                load={loadExplorer}
                props={{
                  picture,
                  source: 'server',
                  model: 'nuclei',
                  openModel: async () => new ArrayBuffer(0),
                  askServer,
                }}
              />
            ) : (
              <p class="notice">Choose a picture under Segment first.</p>
            ))}
          {current === 'training' && <LazyView load={loadTraining} props={{ hasServer: true, askServer }} />}
        </div>
      </main>
    </div>
  );
}
