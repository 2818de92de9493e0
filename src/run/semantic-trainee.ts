import { merge } from '../config/merge.ts';
import {
  backgroundCategory,
  parseSemanticConfig,
  type SemanticArchitecture,
  type SemanticConfig,
  semanticPreset,
} from '../config/semantic.ts';
import { ignoredClass } from '../core/ignored-class.ts';
import { openSemanticFile } from '../import/semantic-file.ts';
import { semanticWeights } from '../model/fcn.ts';
import { semanticScopes } from '../model/weight-names.ts';
import { areNamesKnown } from '../score/categories.ts';
import { semanticTask } from '../train/semantic-task.ts';
import { semanticValidation } from './measure-semantic.ts';
import { categoriesOf, type MakerOptions, type Trainee, type TraineeMaker } from './trainee.ts';

/** FCN, as `train` trains it. */
export function semanticTrainee(config: SemanticConfig): Trainee {
  return {
    config,
    categories: config.categories.slice(1),
    shapes: () => semanticWeights(config),
    backboneScope: semanticScopes.backbone,
    regions: { ignoredLabel: ignoredClass },
    task: (options) => semanticTask({ config, ...options }),
    validation: (set, runtime) => semanticValidation(config, set, runtime),
  };
}

/** Makes FCN for a run. */
export function semanticMaker({ run, source, dataset }: MakerOptions): TraineeMaker {
  const categories = categoriesOf(dataset);
  const configured = (own: SemanticConfig) =>
    semanticTrainee(parseSemanticConfig(`${source}: model`, merge(own, run.model)));
  return {
    build: () => configured(semanticPreset(run.architecture as SemanticArchitecture, categories)),
    async open(path) {
      const { config, weights } = await openSemanticFile(path);
      try {
        const keepPredictors = areNamesKnown(categories, config.categories.slice(1));
        const own = keepPredictors ? config : { ...config, categories: [backgroundCategory, ...categories] };
        return { trainee: configured(own), weights, keepPredictors };
      } catch (error) {
        await weights.close();
        throw error;
      }
    },
  };
}
