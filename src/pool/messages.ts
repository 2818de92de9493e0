/** The protocol between a process and its worker processes. */

/** To a worker. */
export interface WorkerTask<Job> {
  id: number;
  job: Job;
}

/** From a worker. */
export type WorkerMessage<Answer> =
  | { kind: 'ready' }
  /** The model cannot be loaded; the process exits. */
  | { kind: 'unusable'; detail: string }
  | { kind: 'answer'; id: number; answer: Answer };
