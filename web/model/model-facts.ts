import { type ModelCard, publishedModels } from '../product.ts';

/** What the page knows about a model besides its name. */
export interface ModelFacts {
  categories: readonly { id: number; name: string }[];
  /** Default score threshold. */
  defaultScore: number;
  /** Null if its file has none. */
  card: ModelCard | null;
}

/** The published model to try where the chosen one finds nothing, with its size in bytes. */
export const recommended = publishedModels.find(({ name }) => name === 'maskrcnn_resnet50_fpn_v2_coco');
