import { parseTrainingCounters, type TrainingCounters } from '../config/training-counters.ts';
import { InputError } from '../core/errors.ts';
import { parseJson } from '../core/parse-json.ts';
import { type Float32Tensor, float32Tensor } from '../core/tensor.ts';
import { openFileSource } from '../weights/file-source.ts';
import { readSafetensors } from '../weights/safetensors/reader.ts';
import { writeSafetensors } from '../weights/safetensors/writer.ts';
import { memoryWeights } from '../weights/weight-file.ts';

/**
 * Everything that a run needs to resume as if it had not stopped. Random numbers derive from the seed and the
 * step.
 */
export interface TrainingState {
  /** Updates made so far; the next step is number `step`, counted from 0. */
  step: number;
  /** Every tensor of the model by state_dict name. */
  weights: Map<string, Float32Tensor>;
  /** Buffers of the optimiser. */
  optimizer: Map<string, Float32Array>;
  /** Moving average of the trained weights; empty if none is kept. */
  average: Map<string, Float32Array>;
  /** The best validation so far, and its value: an average precision, or a mean IoU for FCN. */
  best: { step: number; value: number } | null;
  /** Validations since then. */
  validationsWithoutGain: number;
  /** Whether the last step is still to be validated: the run was stopped before the end of that validation. */
  validationDue: boolean;
}

/** The state of a run that has not made an update. */
export function initialState(weights: TrainingState['weights']): TrainingState {
  return {
    step: 0,
    weights,
    optimizer: new Map(),
    average: new Map(),
    best: null,
    validationsWithoutGain: 0,
    validationDue: false,
  };
}

/** A checkpoint's description of its run, as JSON text. */
export interface RunDescription {
  /** The model's configuration, which makes the checkpoint a model file. */
  readonly config: string;
  /** The training's configuration. */
  readonly training: string;
}

const optimizerPrefix = 'optimizer/';
const averagePrefix = 'average/';
const stateKey = 'state';

/**
 * Writes a checkpoint atomically, so that a run killed meanwhile keeps the previous one.
 * @throws InputError if it cannot be written.
 */
export async function writeCheckpoint(
  path: string,
  state: TrainingState,
  description: RunDescription,
): Promise<void> {
  const tensors = new Map(state.weights);
  for (const [name, data] of state.optimizer) tensors.set(optimizerPrefix + name, vector(data));
  for (const [name, data] of state.average) tensors.set(averagePrefix + name, vector(data));
  const { step, best, validationsWithoutGain, validationDue } = state;
  const counters: TrainingCounters = { step, best, validationsWithoutGain, validationDue };
  const metadata = { ...description, [stateKey]: JSON.stringify(counters) };
  await writeSafetensors(path, memoryWeights(path, tensors), { metadata });
}

/**
 * Reads a checkpoint, bit for bit.
 * @throws InputError if there is none, or if the file is damaged or not a checkpoint.
 */
export async function readCheckpoint(
  path: string,
): Promise<{ state: TrainingState; description: RunDescription }> {
  const source = await openFileSource(path);
  try {
    const file = await readSafetensors(source);
    const { config, training, [stateKey]: counters } = file.metadata;
    if (config === undefined || training === undefined || counters === undefined) {
      throw new InputError(path, 'is not a training checkpoint (its metadata has no training state)');
    }
    const state: TrainingState = {
      ...parseTrainingCounters(`${path}: training state`, parseJson(path, counters, 'its training state')),
      weights: new Map(),
      optimizer: new Map(),
      average: new Map(),
    };
    for (const key of file.keys()) {
      const tensor = await file.read(key);
      if (key.startsWith(optimizerPrefix))
        state.optimizer.set(key.slice(optimizerPrefix.length), tensor.data);
      else if (key.startsWith(averagePrefix)) state.average.set(key.slice(averagePrefix.length), tensor.data);
      else state.weights.set(key, tensor);
    }
    return { state, description: { config, training } };
  } finally {
    await source.close();
  }
}

function vector(data: Float32Array): Float32Tensor {
  return float32Tensor([data.length], data);
}
