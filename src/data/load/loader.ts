import { InputError, MaskRcnnError } from '../../core/errors.ts';
import { resizedSize } from '../../image/transform.ts';
import type { PictureRecord } from '../sample/sample.ts';
import { type Batch, joinBatch, type PreparedSample } from './batch.ts';
import { epochOf, seedAt, shuffledOrder } from './order.ts';
import { loaderPool } from './pool.ts';
import type { PreparationOptions } from './task.ts';

export interface LoaderOptions extends PreparationOptions {
  readonly seed: number;
  readonly batchSize: number;
  /** Threads; 0: the calling one. The batches are the same for any number. */
  readonly workers: number;
  /** Batches prepared ahead of the requested one. Default 2. */
  readonly ahead?: number;
  /** Is told, once for each, of pictures that cannot be used; the next one takes the place. */
  readonly onBadPicture?: (error: MaskRcnnError) => void;
}

/** Gives the batches of a run, and prepares the next ones meanwhile. */
export interface Loader {
  /**
   * The batch of a step: the same whenever and however often it is requested.
   * @param step Counted from 0.
   * @throws InputError where no picture at all can be used.
   */
  batch(step: number): Promise<Batch>;
  close(): Promise<void>;
}

/** What a place of the series is drawn for. */
const purpose = { order: 1, augmentation: 2, donor: 3 } as const;

/**
 * @param records The pictures; at least one.
 * @throws InputError where there is none.
 */
export function createLoader(records: readonly PictureRecord[], options: LoaderOptions): Loader {
  if (records.length === 0) throw new InputError('the data set', 'has no picture to train on');
  const { seed, batchSize, ahead = 2 } = options;
  const { preprocess, sizeDivisor, minSizes, augmentation, mirrored = null } = options;
  const pool = loaderPool(options.workers, { preprocess, sizeDivisor, minSizes, augmentation, mirrored });
  const epoch = epochOf(
    records.map((record) => resizedSize(record, preprocess)),
    augmentation?.window ?? null,
  );
  const placeAt = shuffledOrder(epoch.length, seedAt(seed, purpose.order));
  const bad = new Set<number>();
  const pending = new Map<number, Promise<Batch>>();

  /** The picture of a position, or the next of the data set that can be used. */
  async function sampleAt(position: number): Promise<PreparedSample> {
    const first = epoch[placeAt(position)];
    const donors = records.length - 1;
    for (let shift = 0; shift < records.length; shift++) {
      const index = (first + shift) % records.length;
      const donor =
        (index + 1 + (Math.abs(seedAt(seed, purpose.donor, position)) % Math.max(donors, 1))) %
        records.length;
      try {
        return await pool.run({
          record: records[index],
          donor: records[donor],
          seed: seedAt(seed, purpose.augmentation, position),
        });
      } catch (error) {
        if (!(error instanceof MaskRcnnError)) throw error;
        if (!bad.has(index)) options.onBadPicture?.(error);
        bad.add(index);
      }
    }
    throw new InputError('the data set', `none of its ${records.length} pictures can be used`);
  }

  function start(step: number): Promise<Batch> {
    const known = pending.get(step);
    if (known) return known;
    const positions = Array.from({ length: batchSize }, (_, i) => step * batchSize + i);
    const batch = Promise.all(positions.map(sampleAt)).then(joinBatch);
    // Whoever asks for the batch gets its error; until then it must not count as unhandled.
    batch.catch(() => {});
    pending.set(step, batch);
    return batch;
  }

  return {
    async batch(step) {
      for (let next = step; next <= step + ahead; next++) void start(next);
      const batch = await start(step);
      pending.delete(step);
      return batch;
    },
    close: () => pool.close(),
  };
}
