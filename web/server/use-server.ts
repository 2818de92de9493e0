import { useCallback, useEffect, useState } from 'preact/hooks';
import { keepToken, listModels, type ServedModel, TokenNeeded } from './server-client.ts';

/** What the page knows of a server; `none` in a static build, which has no server to ask. */
export type ServerState =
  | { kind: 'none' }
  | { kind: 'asking' }
  | { kind: 'ready'; models: readonly ServedModel[] }
  /** It wants a token; `reason` is its own words. */
  | { kind: 'locked'; reason: string }
  | { kind: 'failed'; reason: string };

const isStatic = import.meta.env.MODE === 'static';

/** Asks the server for its models, and again with each token that is given. */
export function useServer(): { server: ServerState; giveToken: (token: string) => void; retry: () => void } {
  const [server, setServer] = useState<ServerState>({ kind: isStatic ? 'none' : 'asking' });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (isStatic) return;
    const abort = new AbortController();
    setServer({ kind: 'asking' });
    listModels(abort.signal).then(
      (models) => setServer({ kind: 'ready', models }),
      (error: Error) => {
        if (!abort.signal.aborted) {
          setServer({ kind: error instanceof TokenNeeded ? 'locked' : 'failed', reason: error.message });
        }
      },
    );
    return () => abort.abort();
  }, [turn]);
  const retry = useCallback(() => setTurn((before) => before + 1), []);
  const giveToken = useCallback(
    (token: string) => {
      keepToken(token);
      retry();
    },
    [retry],
  );
  return { server, giveToken, retry };
}
