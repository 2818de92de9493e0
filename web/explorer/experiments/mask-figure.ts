import {
  type ExplainedStages,
  type Focus,
  figure,
  maskArea,
  outlinePath,
  type PlainBox,
  partAround,
  photo,
  type Rle,
  strongBox,
} from '../../product.ts';

/** One of several results for an RoI. */
interface Outcome {
  box: PlainBox;
  colour: string;
  mask: Rle | null;
}

/**
 * A mask and its box over the part of the picture around an RoI.
 * @param focus The RoI that determines the part, so that figures of one experiment show the same.
 * @param caption HTML.
 */
export function maskFigure(
  { input }: Pick<ExplainedStages, 'input'>,
  focus: Pick<Focus, 'box'>,
  { box, colour, mask }: Outcome,
  caption: string,
): string {
  const outline = mask ? maskArea(outlinePath(mask, 1), input.scale) : '';
  return figure(
    photo(input, outline + strongBox(box, colour), partAround(focus.box, input, 0.4)),
    caption,
    'third',
  );
}
