import { openForDecoding } from '../../image/decode.ts';
import type { PlaneChoice } from '../../image/plane-choice.ts';
import type { Frame } from './frame.ts';

/**
 * The size of a picture, from its header.
 * @throws InputError as `openForDecoding` does.
 */
export async function readFrame(path: string, choice: PlaneChoice): Promise<Frame> {
  const { width, height, autoOrient } = (await openForDecoding(path, choice)).metadata;
  return { width: autoOrient.width, height: autoOrient.height, stored: { width, height } };
}
