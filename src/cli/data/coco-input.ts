import { InputError } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import { readCocoDataset } from '../../data/coco/coco.ts';
import { readResultsDataset, startsArray } from '../../data/coco/results-dataset.ts';
import type { CocoDataset } from '../../data/coco/types.ts';

/** Where the images of results are described. */
interface ResultsPlace {
  readonly data?: string | undefined;
  readonly images?: string | undefined;
}

/**
 * Reads a COCO data set, or COCO results as a data set whose annotations have scores.
 * @throws InputError where it is neither, or results without a data set or the folder of their pictures.
 */
export async function readCocoInput(input: string, { data, images }: ResultsPlace): Promise<CocoDataset> {
  if (data !== undefined) return readResultsDataset(input, { data });
  if (!(await startsArray(input))) return readCocoDataset(input);
  if (images === undefined) {
    throw new InputError(
      input,
      'is a COCO results array; name its data set (--data) or the folder of the pictures (--images)',
    );
  }
  return readResultsDataset(input, { images });
}

/**
 * Leaves out predictions with a lower score; annotations without a score are kept.
 * @param onNote Called with a line that counts those.
 */
export function aboveScore(
  dataset: CocoDataset,
  score: number | undefined,
  onNote: (line: string) => void,
): CocoDataset {
  if (score === undefined) return dataset;
  const annotations = dataset.annotations.filter(({ score: own }) => own === undefined || own >= score);
  const unscored = annotations.filter((annotation) => annotation.score === undefined).length;
  if (unscored > 0) {
    const all = plural(dataset.annotations.length, 'annotation');
    onNote(`note: --score: ${unscored} of ${all} without a score, which are kept`);
  }
  const { images, categories, info, licenses } = dataset;
  return { images, categories, ...(info && { info }), ...(licenses && { licenses }), annotations };
}
