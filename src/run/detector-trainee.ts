import { architectureNamed } from '../config/architectures.ts';
import { merge } from '../config/merge.ts';
import { applyOverrides } from '../config/overrides.ts';
import { presetConfig } from '../config/presets.ts';
import { type Category, type ModelConfig, usualNms, usualScore } from '../config/schema.ts';
import { semanticArchitectures } from '../config/semantic.ts';
import { InputError } from '../core/errors.ts';
import type { CocoData } from '../data/coco/dataset.ts';
import { type Joints, jointsOf } from '../data/coco/joints.ts';
import { usualObjectSize } from '../data/coco/object-size.ts';
import { readOverrides } from '../import/config-file.ts';
import { importWeights } from '../import/import-weights.ts';
import { expectedWeights } from '../model/inference-graphs.ts';
import { scopes } from '../model/weight-names.ts';
import { areNamesKnown } from '../score/categories.ts';
import { detectorTask } from '../train/detector-task.ts';
import { detectorValidation } from './measure-detector.ts';
import { categoriesOf, type MakerOptions, type Trainee, type TraineeMaker } from './trainee.ts';

/** Mask R-CNN and its family, as `train` trains them. */
export function detectorTrainee(config: ModelConfig): Trainee {
  return {
    config,
    categories: config.categories,
    shapes: () => expectedWeights(config),
    backboneScope: scopes.backbone,
    regions: { learnsMasks: config.mask !== null },
    task: (options) => detectorTask({ config, ...options }),
    validation: (set, runtime) => detectorValidation(config, set, runtime),
  };
}

/** Makes detectors for a run. */
export function detectorMaker({ run, source, dataset }: MakerOptions): TraineeMaker {
  const overrides = readOverrides(`${source}: model`, run.model);
  const categories = categoriesOf(dataset);
  const joints = jointsOf(dataset);
  const configured = (own: ModelConfig) => {
    const chosen = applyOverrides(source, own, jointsInto(overrides, joints));
    const config = isObjectSizeGiven(overrides) ? chosen : withObjectSize(chosen, dataset);
    if (config.keypoint === null || joints) return detectorTrainee(config);
    const advice = 'set "model": {"keypoint": null} to train without the keypoint branch';
    throw new InputError(run.train.data, `none of its categories has keypoints; ${advice}`);
  };
  return {
    build(fromScratch) {
      const architecture = architectureNamed(run.architecture, semanticArchitectures);
      const preset = withJoints(presetConfig(architecture, categories), joints);
      if (!fromScratch) return configured(preset);
      // Statistics that were never measured must not be frozen.
      return configured(applyOverrides(source, preset, { backbone: { norm: { kind: 'batchNorm' } } }));
    },
    async open(path) {
      const { config, weights } = await importWeights({ path });
      try {
        const keepPredictors = areNamesKnown(categories, config.categories);
        const own = keepPredictors ? config : forOtherClasses(config, categories);
        return { trainee: configured(withJoints(own, joints)), weights, keepPredictors };
      } catch (error) {
        await weights.close();
        throw error;
      }
    },
  };
}

/** The model with other classes; thresholds chosen for the old ones are reset to their defaults. */
function forOtherClasses(config: ModelConfig, categories: Category[]): ModelConfig {
  return { ...config, categories, box: { ...config.box, ...usualNms }, defaultScore: usualScore };
}

function isObjectSizeGiven(overrides: unknown): boolean {
  return (overrides as { preprocess?: { objectSize?: unknown } }).preprocess?.objectSize !== undefined;
}

function withObjectSize(config: ModelConfig, dataset: CocoData): ModelConfig {
  const { preprocess } = config;
  return { ...config, preprocess: { ...preprocess, objectSize: usualObjectSize(dataset, preprocess) } };
}

/** The model with the keypoints of the data set, if it has a keypoint branch. */
function withJoints(config: ModelConfig, joints: Joints | null): ModelConfig {
  return config.keypoint && joints ? { ...config, keypoint: { ...config.keypoint, ...joints } } : config;
}

/** As `withJoints`, for a keypoint branch that the run's own configuration adds. */
function jointsInto(overrides: unknown, joints: Joints | null): unknown {
  const { keypoint } = overrides as { keypoint?: object | null };
  return keypoint && joints ? merge(overrides, { keypoint: { ...joints, ...keypoint } }) : overrides;
}
