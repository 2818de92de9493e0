import type { ComputeOptions } from '../../config/device.ts';
import { MaskRcnnError } from '../../core/errors.ts';
import type { QueueAddress } from '../../queue/address.ts';
import { announceModel } from '../../queue/announced-models.ts';
import { connect, disconnect, type QueueConnection } from '../../queue/connection.ts';
import { workerName } from '../../queue/queue.ts';
import { answerRequests } from '../../queue/request-queue.ts';
import { Problem } from '../api/problem.ts';
import { type PredictionService, type ServedModel, startService } from '../work/service.ts';
import { type PackedAnswer, packAnswer, unpackJob } from './request-data.ts';

export interface ServeRequestsOptions {
  readonly address: QueueAddress;
  readonly models: readonly ServedModel[];
  /** Default number of threads: the cores divided by the models. */
  readonly compute: ComputeOptions;
  /** Larger pictures are refused. */
  readonly maxPixels: number;
  /** Milliseconds after which a worker that does not renew its lock counts as dead. */
  readonly lostMs: number;
  readonly onNote: (line: string) => void;
  /** Ends it once the requests in hand are answered. */
  readonly signal: AbortSignal;
}

/** A request must fit into its deadline even if a worker dies with it. */
const maxLostMs = 5000;

/** A prediction that takes longer than this counts as hung; front ends have shorter deadlines. */
const hungMs = 300_000;

/**
 * Answers the requests that `serve --queue` accepts, until the signal.
 * @throws what `connect` and `startService` throw.
 */
export async function serveRequests(options: ServeRequestsOptions): Promise<void> {
  const { address, models, compute, maxPixels, onNote, signal } = options;
  const redis = await connect(address, { patient: true, onNote, signal });
  try {
    const service = await startService({
      models,
      workers: 1,
      queue: 1,
      timeoutMs: hungMs,
      maxPixels,
      ...compute,
      onEvent: ({ model, reason }) => onNote(`a process of the model ${model} ended: ${reason}`),
    });
    try {
      await answerFor(service, redis, options);
    } finally {
      await service.close();
    }
  } finally {
    await disconnect(redis);
  }
}

async function answerFor(
  service: PredictionService,
  redis: QueueConnection,
  { lostMs, signal }: ServeRequestsOptions,
): Promise<void> {
  const common = { name: workerName(), lostMs: Math.min(lostMs, maxLostMs) };
  const ends: (() => Promise<void>)[] = [];
  for (const info of service.models) {
    await announceModel(redis, info.name, info);
    const answer = (data: unknown) => packedAnswer(service, info.name, data);
    ends.push(await answerRequests(redis, { ...common, model: info.name, answer }));
  }
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
  await Promise.all(ends.map((end) => end()));
}

async function packedAnswer(service: PredictionService, model: string, data: unknown): Promise<PackedAnswer> {
  try {
    return packAnswer((await service.run(model, unpackJob(data))).answer);
  } catch (error) {
    if (error instanceof Problem) return { problem: error.kind, detail: error.message };
    if (error instanceof MaskRcnnError) return { problem: 'bad-parameter', detail: error.message };
    throw error;
  }
}
