import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { choiceOfAddress, keyOf, type ModelChoice } from '../model/model-choice.ts';
import { type ServerState, useServer } from '../server/use-server.ts';
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
  picture: ChosenPicture | null;
  setPicture: (picture: ChosenPicture) => void;
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

/** `?model=https://…` in the page's own URL preselects a model. */
function modelsToBeginWith(): ModelChoice[] {
  const beside = __MODELS__.map(({ file, facts }) => ({ ...choiceOfAddress(`models/${file}`), facts }));
  const asked = new URLSearchParams(location.search).get('model');
  return asked && URL.canParse(asked, document.baseURI) ? [choiceOfAddress(asked), ...beside] : beside;
}

export function useSession(): Session {
  const { server, giveToken, retry } = useServer();
  const [picture, setPicture] = useState<ChosenPicture | null>(null);
  const [added, setAdded] = useState(modelsToBeginWith);
  const [wished, setWished] = useState<Source>(added.length > 0 ? 'here' : 'server');
  const [modelKey, setModelKey] = useState<string | null>(null);

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

  const setModel = useCallback((choice: ModelChoice) => setModelKey(keyOf(choice)), []);
  const addModel = useCallback((choice: ModelChoice) => {
    setAdded((before) => [choice, ...before.filter((other) => keyOf(other) !== keyOf(choice))]);
    setModelKey(keyOf(choice));
    setWished('here');
  }, []);

  useEffect(() => {
    document.title = picture ? `${picture.name} – mask-rcnn` : 'mask-rcnn';
  }, [picture]);

  return {
    server,
    giveToken,
    retryServer: retry,
    picture,
    setPicture,
    source,
    setSource: setWished,
    choices,
    model,
    setModel,
    addModel,
  };
}
