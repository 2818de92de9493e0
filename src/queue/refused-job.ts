import { MaskRcnnError, messageOf } from '../core/errors.ts';

/** Why a job is not done, and will not be by another attempt. */
export class RefusedJob extends MaskRcnnError {
  override name = 'RefusedJob';
}

/** Makes errors of the user refusals. @throws RefusedJob where the work throws a MaskRcnnError. */
export async function orRefuse<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MaskRcnnError)) throw error;
    throw new RefusedJob(messageOf(error), { cause: error });
  }
}
