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
   * Asks the worker for something.
   * @param transfer What is handed over rather than copied.
   * @throws Error with the worker's message; AbortError where `stop` was called meanwhile.
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

  /** Ends the worker at once, whatever it is at, and with it the loaded model. */
  stop(): void {
    this.#fail(new DOMException('stopped', 'AbortError'));
  }

  #start(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
      this.#pending.get(data.id)?.resolve(data);
      this.#pending.delete(data.id);
    });
    worker.addEventListener('error', (event) => {
      this.#fail(new Error(`the worker failed: ${event.message || 'it could not be started'}`));
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
