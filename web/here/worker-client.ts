import { PageError } from '../words/page-error.ts';
import type { CallName, Calls, Reply } from './protocol.ts';

interface Pending {
  resolve: (reply: Reply) => void;
  reject: (error: Error) => void;
}

/** The page's end of the worker. It starts at the first call, and again after `stop`. */
export class WorkerClient {
  #worker: Worker | null = null;
  #nextId = 1;
  readonly #pending = new Map<number, Pending>();

  /**
   * Calls a function of the worker.
   * @param transfer Objects to transfer instead of copying.
   * @throws Error with the worker's message; AbortError if `stop` was called in the meantime.
   */
  async call<Name extends CallName>(
    call: Name,
    takes: Calls[Name]['takes'],
    transfer: Transferable[] = [],
  ): Promise<Calls[Name]['gives']> {
    const worker = this.#worker ?? this.#start();
    const id = this.#nextId++;
    const reply = await new Promise<Reply>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      worker.postMessage({ id, call, takes }, transfer);
    });
    if ('error' in reply) throw new Error(reply.error);
    return reply.gives as Calls[Name]['gives'];
  }

  /** Terminates the worker immediately, and with it the loaded model. */
  stop(): void {
    this.#fail(new DOMException('stopped', 'AbortError'));
  }

  #start(): Worker {
    const worker = new Worker(new URL('./model-worker.ts', import.meta.url), {
      type: 'module',
      name: 'predict',
    });
    worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
      this.#pending.get(data.id)?.resolve(data);
      this.#pending.delete(data.id);
    });
    worker.addEventListener('error', (event) => {
      this.#fail(workerError(event.message));
    });
    this.#worker = worker;
    return worker;
  }

  #fail(error: Error): void {
    this.#worker?.terminate();
    this.#worker = null;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

/** The error of a worker that failed; there is no message if its script could not be loaded. */
export function workerError(message: string): PageError {
  return message ? new PageError('workerFailed', { message }) : new PageError('workerNotStarted');
}
