import { ortFilesUrl } from '../here/ort-files-url.ts';
import { workerError } from '../here/worker-client.ts';
import type { PoolerName } from '../product.ts';
import type { ExplorerProps } from '../shell/view-props.ts';
import { PageError } from '../words/page-error.ts';
import type { ExplainSource } from './explain-source.ts';
import type { ExplainReply, ExplainRequest } from './worker-protocol.ts';

type Unnumbered<Request> = Request extends ExplainRequest ? Omit<Request, 'id'> : never;
type Waiting = { resolve(reply: ExplainReply): void; reject(error: Error): void };

/** The stages as computed in the browser, in a worker, by the same code as in Node. */
export function hereSource(
  { picture, openModel }: Pick<ExplorerProps, 'picture' | 'openModel'>,
  pooler: PoolerName | null,
): ExplainSource {
  const worker = new Worker(new URL('../here/model-worker.ts', import.meta.url), {
    type: 'module',
    name: 'explain',
  });
  const gone = new AbortController();
  const waiting = new Map<number, Waiting>();
  let next = 0;
  worker.addEventListener('message', ({ data }: MessageEvent<ExplainReply>) => {
    const own = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.kind === 'failed') own?.reject(new Error(data.message));
    else own?.resolve(data);
  });
  worker.addEventListener('error', ({ message }) => {
    for (const { reject } of waiting.values()) reject(workerError(message));
    waiting.clear();
  });
  const ask = (request: Unnumbered<ExplainRequest>, transfer: Transferable[] = []) => {
    const id = next++;
    return new Promise<ExplainReply>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.postMessage({ ...request, id }, transfer);
    });
  };
  return {
    async open() {
      const model = await openModel(gone.signal);
      const reply = await ask({ kind: 'open', model, picture, pooler, ortFiles: ortFilesUrl() }, [model]);
      if (reply.kind !== 'opened') throw unexpected(reply);
      return reply;
    },
    async follow(wish) {
      const reply = await ask({ kind: 'follow', wish });
      if (reply.kind !== 'followed') throw unexpected(reply);
      return reply.focus;
    },
    report: null,
    close() {
      gone.abort();
      worker.terminate();
    },
  };
}

function unexpected({ kind }: ExplainReply): Error {
  return new PageError('unexpectedAnswer', { kind });
}
