import { InputError } from '../errors.ts';

/** Whether `MASK_RCNN_OFFLINE` forbids downloads. */
export function isOffline(): boolean {
  return process.env.MASK_RCNN_OFFLINE === '1';
}

/** @throws InputError that names the address where downloads are forbidden. */
export function refuseOffline(address: string): void {
  if (isOffline()) throw new InputError(address, 'is not downloaded, because MASK_RCNN_OFFLINE is 1');
}
