import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { choiceOfAddress, keyOf, type ModelChoice } from '../model/model-choice.ts';
import { type ServerState, useServer } from '../server/use-server.ts';
import { recall, remember } from './remembered.ts';
import type { Source } from './view-props.ts';

/** The chosen picture, as a file. */
export interface ChosenPicture {
  blob: Blob;
  /** Of its file. */
  name: string;
}

/** The state that the views share: the picture, where predictions run, and the model. */
export interface Session {
  server: ServerState;
  giveToken: (token: string) => void;
  retryServer: () => void;
  /** All chosen pictures; `picture` is the one at `at`, null before any has been chosen. */
  pictures: readonly ChosenPicture[];
  at: number;
  picture: ChosenPicture | null;
  /** Replaces the pictures, and shows the first. */
  setPictures: (pictures: readonly ChosenPicture[]) => void;
  goTo: (at: number) => void;
  source: Source;
  setSource: (source: Source) => void;
  /** The models that can run on `source`. */
  choices: readonly ModelChoice[];
  /** Null while there is none. */
  model: ModelChoice | null;
  setModel: (model: ModelChoice) => void;
  /** Adds a model from this device or a URL, which runs in the browser. */
  addModel: (model: ModelChoice) => void;
}

/** `?model=https://…` in the page's own URL preselects a model; else the model chosen last, if it can be had again. */
function beginning(): { added: ModelChoice[]; source: Source; modelKey: string | null } {
  const beside = __MODELS__.map(({ file, facts }) => ({ ...choiceOfAddress(`models/${file}`), facts }));
  const asked = new URLSearchParams(location.search).get('model');
  if (asked && URL.canParse(asked, document.baseURI)) {
    const choice = choiceOfAddress(asked);
    return { added: [choice, ...beside], source: 'here', modelKey: keyOf(choice) };
  }
  const modelKey = recall('model');
  const url = modelKey?.match(/^address (.+)$/)?.[1];
  const isKnown = !url || beside.some((choice) => keyOf(choice) === modelKey) || !URL.canParse(url);
  const added = isKnown ? beside : [...beside, choiceOfAddress(url)];
  const source = recall('source') ?? (beside.length > 0 ? 'here' : 'server');
  return { added, source: source === 'here' ? 'here' : 'server', modelKey };
}

export function useSession(): Session {
  const { server, giveToken, retry } = useServer();
  const [{ pictures, at }, setChosen] = useState<{ pictures: readonly ChosenPicture[]; at: number }>({
    pictures: [],
    at: 0,
  });
  const picture = pictures[at] ?? null;
  const [begun] = useState(beginning);
  const [added, setAdded] = useState(begun.added);
  const [wished, setWished] = useState(begun.source);
  const [modelKey, setModelKey] = useState(begun.modelKey);

  const source = server.kind === 'none' ? 'here' : wished;
  const served = useMemo(
    (): ModelChoice[] =>
      server.kind === 'ready'
        ? server.models.map(({ name, ...facts }) => ({ kind: 'served', name, facts }))
        : [],
    [server],
  );
  const choices = useMemo(
    () => (source === 'server' ? served : [...added, ...served]),
    [source, served, added],
  );
  const model = choices.find((choice) => keyOf(choice) === modelKey) ?? choices[0] ?? null;

  const setSource = useCallback((chosen: Source) => {
    setWished(chosen);
    remember('source', chosen);
  }, []);
  const setModel = useCallback((choice: ModelChoice) => {
    setModelKey(keyOf(choice));
    remember('model', keyOf(choice));
  }, []);
  const addModel = useCallback(
    (choice: ModelChoice) => {
      setAdded((before) => [choice, ...before.filter((other) => keyOf(other) !== keyOf(choice))]);
      setModel(choice);
      setSource('here');
    },
    [setModel, setSource],
  );
  const setPictures = useCallback(
    (chosen: readonly ChosenPicture[]) => setChosen({ pictures: chosen, at: 0 }),
    [],
  );
  const goTo = useCallback((next: number) => setChosen((before) => ({ ...before, at: next })), []);

  useEffect(() => {
    document.title = picture ? `${picture.name} – mask-rcnn` : 'mask-rcnn';
  }, [picture]);

  return {
    server,
    giveToken,
    retryServer: retry,
    pictures,
    at,
    picture,
    setPictures,
    goTo,
    source,
    setSource,
    choices,
    model,
    setModel,
    addModel,
  };
}
