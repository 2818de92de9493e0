import type { PictureLocation } from '../../data/coco/picture-location.ts';
import type { ReadResults } from '../../score/analyse-tables.ts';

/** The results of one model or of two, and where they come from. */
export interface Evaluated extends ReadResults {
  /** Display name of the model. */
  readonly name: string;
  /** The second of two models. */
  readonly compare?: (ReadResults & { readonly name: string }) | undefined;
  /** The pictures that a report shows. */
  readonly pictures?: PictureLocation | undefined;
}
