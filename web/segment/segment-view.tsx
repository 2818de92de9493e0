import { useCallback, useMemo, useState } from 'preact/hooks';
import type { DeviceWish, PredictionChoices } from '../here/protocol.ts';
import { keyOf, type ModelChoice } from '../model/model-choice.ts';
import type { ModelFacts } from '../model/model-facts.ts';
import { ModelPanel } from '../model/model-panel.tsx';
import type { Session } from '../shell/use-session.ts';
import { useWords } from '../words/language.tsx';
import { errorText, type PageError } from '../words/page-error.ts';
import { DownloadButtons } from './download-buttons.tsx';
import { EmptyStage } from './empty-stage.tsx';
import { NothingFound } from './nothing-found.tsx';
import type { OverlayView } from './overlay.tsx';
import { Pager } from './pager.tsx';
import { PictureInput } from './picture-input.tsx';
import { PictureStage } from './picture-stage.tsx';
import { PredictionStatus } from './prediction-status.tsx';
import { ResultsPanel } from './results-panel.tsx';
import { allClasses, makeShapes, type Shape, visibleShapes } from './shapes.ts';
import { type PredictionJob, type PredictionState, usePrediction } from './use-prediction.ts';

const nothing: readonly Shape[] = [];
const noChoices: PredictionChoices = {};

/** What is known about the model; null where it is known only once the model has been loaded. */
function factsOf(model: ModelChoice | null, state: PredictionState): ModelFacts | null {
  const loaded = state.kind === 'done' ? state.ranOn.loaded : null;
  return loaded?.facts ?? (model && model.kind !== 'file' ? (model.facts ?? null) : null);
}

interface SegmentViewProps {
  session: Session;
  /** Whether this view handles pictures that are dropped or pasted. */
  isListening: boolean;
  /** Whether this is the view that is shown. */
  isShown: boolean;
}

/** The first view: a picture, and the instances in it. */
export function SegmentView({ session, isListening, isShown }: SegmentViewProps) {
  const { language, say } = useWords();
  const { picture, pictures, at, source, model } = session;
  const [device, setDevice] = useState<DeviceWish>('auto');
  const [wishedThreshold, setThreshold] = useState<number | null>(null);
  const [classes, setClasses] = useState(allClasses);
  const [chosen, setChosen] = useState<{ model: string; choices: PredictionChoices } | null>(null);
  const [view, setView] = useState<OverlayView>({ labels: true, boxes: false });
  const [problem, setProblem] = useState<PageError | null>(null);
  const [hovered, setHovered] = useState<Shape | null>(null);
  const [picked, setPicked] = useState<Shape | null>(null);

  const modelKey = model && keyOf(model);
  const choices = chosen !== null && chosen.model === modelKey ? chosen.choices : noChoices;
  const job: PredictionJob | null =
    picture && model && (source === 'here' || model.kind === 'served')
      ? { picture: picture.blob, name: picture.name, source, model, device, choices }
      : null;
  const { state, cancel, retry } = usePrediction(job);
  const found = state.kind === 'done' ? state.found : null;
  const facts = factsOf(model, state);
  const threshold = wishedThreshold ?? facts?.defaultScore ?? 0.5;
  const shapes = useMemo(() => (found ? makeShapes(found) : nothing), [found]);
  const shown = useMemo(() => visibleShapes(shapes, { threshold, classes }), [shapes, threshold, classes]);
  // A shape is made again when the selection changes; its instance stays the same.
  const shownAs = (shape: Shape | null) => shown.find(({ instance }) => instance === shape?.instance);
  const active = shownAs(hovered) ?? shownAs(picked) ?? null;
  const toggle = useCallback((shape: Shape) => {
    setPicked((before) => (shape.instance === before?.instance ? null : shape));
  }, []);
  const isolation = { active, onHover: setHovered, onPick: setPicked, onToggle: toggle };

  return (
    <div class="segment-view">
      <div class="segment-picture">
        <PictureInput
          isListening={isListening}
          categories={facts?.categories ?? []}
          onPictures={session.setPictures}
          onProblem={setProblem}
        />
        {problem && (
          <p class={problem.key === 'leftOutFiles' ? 'notice' : 'notice notice-error'} role="alert">
            {errorText(problem, language)}
          </p>
        )}
        {picture ? (
          <PictureStage
            picture={picture.blob}
            name={picture.name}
            pager={
              pictures.length > 1 && (
                <Pager at={at} count={pictures.length} isListening={isShown} onGo={session.goTo} />
              )
            }
            found={found}
            shapes={shown}
            view={view}
            {...isolation}
          />
        ) : (
          <EmptyStage />
        )}
        <PredictionStatus
          state={state}
          counts={{
            found: shapes.length,
            above: shapes.filter(({ instance }) => instance.score >= threshold).length,
            shown: shown.length,
            threshold,
            omitted: found?.omitted ?? 0,
          }}
          onCancel={cancel}
          onRetry={retry}
        />
        {state.kind === 'done' && state.ranOn.loaded?.webgpuFailure && (
          <p class="notice">{say('webgpuFailed', { message: state.ranOn.loaded.webgpuFailure })}</p>
        )}
      </div>
      <div class="panel">
        <ModelPanel
          session={session}
          facts={facts}
          device={device}
          onDevice={setDevice}
          choices={choices}
          onChoices={(next) => modelKey !== null && setChosen({ model: modelKey, choices: next })}
        />
        {found && picture && (
          <>
            <ResultsPanel
              shapes={shapes}
              shown={shown}
              nothingFound={facts && model && <NothingFound model={model.name} facts={facts} />}
              threshold={threshold}
              onThreshold={setThreshold}
              classes={classes}
              onClasses={setClasses}
              view={view}
              onView={setView}
              {...isolation}
            />
            <DownloadButtons
              drawing={{
                picture: picture.blob,
                name: picture.name,
                width: found.width,
                height: found.height,
                shapes: shown,
                view,
                language,
              }}
            />
          </>
        )}
      </div>
    </div>
  );
}
