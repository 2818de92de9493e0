import { basename } from 'node:path';
import type { ComputeOptions } from '../config/device.ts';
import { InputError, messageOf } from '../core/errors.ts';
import { sha256Of } from '../core/node/sha256.ts';
import { findPublished } from '../hub/published.ts';
import { shippedModels } from '../hub/resolve-model.ts';
import { WorkerPool } from '../pool/worker-pool.ts';
import { workerProcesses } from '../pool/worker-process.ts';
import { findModel } from '../predict/load/find-model.ts';
import type { RunSettings } from './chunk.ts';
import type { ChunkSettings } from './chunk-worker.ts';
import { fetchedModel, type HashedFile, requireHash } from './fetched-model.ts';
import { isAddress, type Permissions, permittedPlace } from './permissions.ts';
import type { ChunkAnswer, ChunkTask } from './predict-chunk.ts';
import { orRefuse, RefusedJob } from './refused-job.ts';

/** A process with a model; it is restarted when it dies. */
export type ChunkPool = WorkerPool<ChunkTask, ChunkAnswer>;

export interface WorkerModelOptions {
  /** Models that jobs may name by their checksum, wherever the job says that they are. */
  readonly given: readonly HashedFile[];
  readonly permissions: Permissions;
  /** Forbids downloads of published models. Default: whether `MASK_RCNN_OFFLINE` is 1. */
  readonly offline: boolean | undefined;
  readonly compute: ComputeOptions;
  /** Called when a process has exited. */
  readonly onExit: (reason: string) => void;
}

/** Models that are kept in memory. */
const maxLoaded = 2;

/** The models of a worker, each in a process of its own, so that this one can renew locks while it computes. */
export class WorkerModels {
  readonly #options: WorkerModelOptions;
  /** By checksum, the one used last at the end. */
  readonly #pools = new Map<string, ChunkPool>();
  /** Checksums of the files that were used, by path. */
  readonly #hashes = new Map<string, string>();

  constructor(options: WorkerModelOptions) {
    this.#options = options;
  }

  /**
   * The file of a job's model.
   * @throws RefusedJob where this worker may not use it, or it has another checksum; InputError where it cannot be had now.
   */
  async find({ name, sha256 }: RunSettings['model']): Promise<HashedFile> {
    const { given, permissions, offline } = this.#options;
    const own = given.find((model) => model.sha256 === sha256);
    if (own) return own;
    if (await isPublicName(name)) return this.#checked(name, await findModel(name, { offline }), sha256);
    if (!isAddress(name) && basename(name) === name && !name.includes('.'))
      throw new RefusedJob(`${name}: this package has no such model; start the worker with --model FILE`);
    const place = await orRefuse(() => permittedPlace(name, permissions));
    return place.kind === 'file' ? this.#checked(name, place.path, sha256) : fetchedModel(place, sha256);
  }

  /** The process with a model, which is loaded at its first use. @throws MaskRcnnError where it cannot start. */
  async pool({ file, sha256 }: HashedFile): Promise<ChunkPool> {
    const pool = this.#pools.get(sha256) ?? (await this.#start(file));
    this.#pools.delete(sha256);
    this.#pools.set(sha256, pool);
    const [oldest] = this.#pools.keys();
    if (this.#pools.size > maxLoaded) {
      await this.#pools.get(oldest)?.close();
      this.#pools.delete(oldest);
    }
    return pool;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
    this.#pools.clear();
  }

  async #start(modelFile: string): Promise<ChunkPool> {
    const { compute, onExit } = this.#options;
    const settings: ChunkSettings = { modelFile, compute };
    const start = workerProcesses<ChunkTask, ChunkAnswer>(
      new URL('./chunk-worker', import.meta.url),
      settings,
    );
    const onEvent = ({ reason }: { reason: string }) => onExit(reason);
    const pool: ChunkPool = new WorkerPool({ start, workers: 1, queue: 1, timeoutMs: null, onEvent });
    try {
      await pool.ready;
    } catch (error) {
      await pool.close();
      throw error;
    }
    return pool;
  }

  async #checked(name: string, file: string, expected: string): Promise<HashedFile> {
    const sha256 = this.#hashes.get(file) ?? (await hashOf(name, file));
    requireHash(name, sha256, expected);
    // Only then: a file that is not yet the right one may be replaced.
    this.#hashes.set(file, sha256);
    return { file, sha256 };
  }
}

/** Whether a name is that of a model of this package, shipped or published. */
async function isPublicName(name: string): Promise<boolean> {
  if (findPublished(name) !== undefined) return true;
  return (await shippedModels()).some((model) => model.name === name);
}

async function hashOf(name: string, file: string): Promise<string> {
  return sha256Of(file).catch((error: unknown) => {
    throw new InputError(name, `cannot be read on this worker (${messageOf(error)})`, { cause: error });
  });
}
