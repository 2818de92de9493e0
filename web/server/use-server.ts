import { useCallback, useEffect, useState } from 'preact/hooks';
import { TokenNeeded } from './check-response.ts';
import { keepToken, listModels, type ServedModel, takeTokenFromUrl } from './server-client.ts';

/** What the page knows about its server; `none` in a static build, which has no server. */
export type ServerState =
  | { kind: 'none' }
  | { kind: 'asking' }
  | { kind: 'ready'; models: readonly ServedModel[] }
  /** It requires a token. */
  | { kind: 'locked'; error: Error }
  | { kind: 'failed'; error: Error };

const isStatic = import.meta.env.MODE === 'static';

/** Requests the server's models, and again with each new token. */
export function useServer(): { server: ServerState; giveToken: (token: string) => void; retry: () => void } {
  const [server, setServer] = useState<ServerState>({ kind: isStatic ? 'none' : 'asking' });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (isStatic) return;
    takeTokenFromUrl();
    const abort = new AbortController();
    setServer({ kind: 'asking' });
    listModels(abort.signal).then(
      (models) => setServer({ kind: 'ready', models }),
      (error: Error) => {
        if (!abort.signal.aborted) {
          setServer({ kind: error instanceof TokenNeeded ? 'locked' : 'failed', error });
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
