import { type Command, InvalidArgumentError } from 'commander';
import { type PlaneChoice, parseChannel } from '../../image/plane-choice.ts';
import type { GivenPicture } from '../files/pictures.ts';
import { count } from './option-values.ts';

/** `--page` and `--channel`, as commander names them. */
export interface PlaneOptions {
  page?: number | 'all';
  channel?: number | string;
}

/** Adds `--page` and `--channel`. */
export function addPlaneOptions(command: Command, { canTakeAll }: { canTakeAll: boolean }): Command {
  const pages = canTakeAll ? '--page <n|all>' : '--page <n>';
  return command
    .option(pages, 'slice, time or page of a TIFF stack, or frame of an animation, from 1', (text) =>
      canTakeAll && text === 'all' ? text : count(text),
    )
    .option(
      '--channel <n|name>',
      'channel of a microscope picture, from 1 or by its name in OME-TIFF',
      channelOf,
    );
}

/** One page of a picture file. */
export interface GivenPage extends GivenPicture {
  readonly choice: PlaneChoice;
}

/**
 * The pages of pictures that the options choose; of a file that cannot be read one, which is reported when its turn comes.
 * With `--page all`, names of pages end in `-p1`, `-p2`, ….
 */
export async function chosenPages(
  pictures: readonly GivenPicture[],
  { page, channel }: PlaneOptions,
): Promise<GivenPage[]> {
  const chosen: GivenPage[] = [];
  for (const picture of pictures) {
    const pages = page === 'all' ? await pagesOf(picture.path) : 1;
    if (page === 'all' && pages > 1) {
      for (let number = 1; number <= pages; number++) {
        const name = picture.name.replace(/(\.[^./]*)?$/, (ending) => `-p${number}${ending}`);
        chosen.push({ path: picture.path, name, choice: { page: number, channel } });
      }
    } else chosen.push({ ...picture, choice: { page: page === 'all' ? undefined : page, channel } });
  }
  return chosen;
}

function channelOf(text: string): number | string {
  if (text.trim() === '') throw new InvalidArgumentError('Expected a number or a name.');
  return parseChannel(text);
}

/** Loads what decodes pictures, which commands that only have the option do not need. */
async function pagesOf(path: string): Promise<number> {
  const { countPages } = await import('../../image/decode.ts');
  return countPages(path).catch(() => 1);
}
