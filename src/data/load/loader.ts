import { InputError, MaskRcnnError } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import { resizedSize } from '../../image/transform.ts';
import type { PictureRecord } from '../sample/sample.ts';
import { type Batch, joinBatch, type PreparedSample } from './batch.ts';
import { epochOf, seedAt, shuffledOrder } from './order.ts';
import { loaderPool } from './pool.ts';
import type { PreparationOptions } from './task.ts';

export interface LoaderOptions extends PreparationOptions {
  readonly seed: number;
  readonly batchSize: number;
  /** Threshold of repeat-factor sampling; null: all categories alike. */
  readonly repeatThreshold: number | null;
  /** Threads; 0: the calling thread. The batches are the same for any number. */
  readonly workers: number;
  /** Batches prepared ahead of the requested one. Default 2. */
  readonly ahead?: number;
  /** Called once for each picture that cannot be used; the next one takes its place. */
  readonly onBadPicture?: (error: MaskRcnnError) => void;
}

/** Supplies the batches of a run, preparing the next ones in the background. */
export interface Loader {
  /**
   * The batch of a step, the same however often it is requested.
   * @param step Counted from 0.
   * @throws InputError if no picture at all can be used.
   */
  batch(step: number): Promise<Batch>;
  close(): Promise<void>;
}

/** The purposes for which a position is drawn. */
const purpose = { order: 1, augmentation: 2, donor: 3 } as const;

/**
 * @param records The pictures; at least one.
 * @throws InputError if there is none.
 */
export function createLoader(records: readonly PictureRecord[], options: LoaderOptions): Loader {
  if (records.length === 0) throw new InputError('the data set', 'contains no pictures to train on');
  const { seed, batchSize, ahead = 2 } = options;
  const { preprocess, sizeDivisor, minSizes, augmentation, mirrored = null } = options;
  const pool = loaderPool(options.workers, { preprocess, sizeDivisor, minSizes, augmentation, mirrored });
  const epoch = epochOf(
    records.map((record) => ({
      size: resizedSize(record, preprocess),
      labels: record.objects.map(({ label }) => label),
    })),
    { window: augmentation?.window ?? null, repeatThreshold: options.repeatThreshold },
  );
  const placeAt = shuffledOrder(epoch.length, seedAt(seed, purpose.order));
  const bad = new Set<number>();
  const pending = new Map<number, Promise<Batch>>();

  /** The picture at a position, or the next usable one of the data set. */
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
    throw new InputError('the data set', `none of its ${plural(records.length, 'picture')} can be used`);
  }

  function start(step: number): Promise<Batch> {
    const known = pending.get(step);
    if (known) return known;
    const positions = Array.from({ length: batchSize }, (_, i) => step * batchSize + i);
    const batch = Promise.all(positions.map(sampleAt)).then(joinBatch);
    // The caller that requests the batch gets its error; until then it must not count as unhandled.
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
