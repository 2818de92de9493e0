import { describe, expect, it } from 'vitest';
import { architectureNamed } from '../src/config/architectures.ts';
import { applyOverrides } from '../src/config/overrides.ts';
import { presetConfig } from '../src/config/presets.ts';
import { parseRunConfig } from '../src/config/training.ts';
import { readOverrides } from '../src/import/config-file.ts';
import { expectedWeights } from '../src/model/inference-graphs.ts';
import { levelsOf } from '../src/model/structure.ts';
import { configOf } from './run-folder.ts';
import { studies, studyNamed } from './studies.ts';
import type { Study, Variant } from './study.ts';

const sets = { train: { data: 't.json', images: 't' }, validation: { data: 'v.json', images: 'v' } };

/** The run and the model of a variant. */
function built(study: Study, variant: Variant) {
  const config = configOf({ study, variant, seed: 4, out: 'out' }, sets, undefined);
  const run = parseRunConfig(variant.name, config);
  const preset = presetConfig(architectureNamed(run.architecture));
  return { run, model: applyOverrides(variant.name, preset, readOverrides(variant.name, run.model)) };
}

describe.each(studies.map((study) => [study.name, study] as const))('%s', (_, study) => {
  it('has variants that can be built and are different', () => {
    const all = study.variants.map((variant) => built(study, variant));
    for (const { model } of all) expect(expectedWeights(model).size).toBeGreaterThan(50);
    expect(new Set(all.map(({ model, run }) => JSON.stringify([run.architecture, model]))).size).toBe(
      all.length,
    );
  });

  it('trains them with equal budgets, pictures and optimisers, and measures them once', () => {
    const [first, ...others] = study.variants.map((variant) => built(study, variant).run);
    for (const { training, train, validation } of others) {
      expect({ training, train, validation }).toEqual({
        training: first.training,
        train: first.train,
        validation: first.validation,
      });
    }
    expect(first.training.seed).toBe(4);
    expect(first.training.validateEvery).toBe(first.training.steps);
  });

  it('expects the direction of the published results', () => {
    const figure = (name: string) =>
      study.variants.find((variant) => variant.name === name)?.paper?.figures[study.measures[0]]?.AP;
    for (const [better, worse] of study.expected) {
      expect(figure(better), `${better} > ${worse}`).toBeGreaterThan(figure(worse) ?? Number.NaN);
    }
  });
});

it('pools at the strides that the tables speak of', () => {
  const strides = (name: string) => {
    const study = studyNamed(name);
    return new Set(
      study.variants.flatMap((variant) =>
        levelsOf(built(study, variant).model).roi.map(({ stride }) => stride),
      ),
    );
  };
  expect(strides('poolers')).toEqual(new Set([16]));
  expect(strides('stride-32')).toEqual(new Set([32]));
  expect(strides('mask-head')).toEqual(new Set([4, 8, 16, 32]));
});

it('suggests similar names for an unknown study', () => {
  expect(() => studyNamed('pooler')).toThrow('unknown study pooler (did you mean poolers?)');
});
