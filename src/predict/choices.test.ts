import { describe, expect, it } from 'vitest';
import { architectureNamed } from '../config/architectures.ts';
import { presetConfig } from '../config/presets.ts';
import { configFor, labelsOf, type PredictionChoices } from './choices.ts';

const categories = ['person', 'car', 'car'].map((name, id) => ({ id, name }));
const config = presetConfig(architectureNamed('maskrcnn_resnet50_fpn'), categories);

describe('the choices of a prediction', () => {
  it('replace the settings of the model, which apply otherwise', () => {
    const chosen = configFor(config, { score: 0.7, maxDetections: 300, nmsThreshold: 0.3, maxSize: 2000 });
    expect(chosen.box).toMatchObject({ scoreThreshold: 0.7, detectionsPerImage: 300, nmsThreshold: 0.3 });
    expect(chosen.preprocess).toMatchObject({ minSize: 800, maxSize: 2000 });
    expect(chosen.labels).toBeUndefined();
    const plain = configFor(config, { score: undefined });
    expect(plain.box.scoreThreshold).toBe(config.defaultScore);
    expect(plain.preprocess).toEqual(config.preprocess);
  });

  it('keep the proportion of the two sizes where one is chosen', () => {
    expect(configFor(config, { minSize: 1600 }).preprocess).toMatchObject({ minSize: 1600, maxSize: 2666 });
  });

  it('find every class of a name', () => {
    expect(configFor(config, { classes: ['car'] }).labels).toEqual(new Set([2, 3]));
    expect(() => labelsOf('--classes persn', ['persn'], categories)).toThrow(
      /^--classes persn: the model has no class persn \(did you mean person\?\)$/,
    );
  });

  it.each<[PredictionChoices, string]>([
    [{ score: 1.1 }, 'score should lie between 0 and 1, got 1.1'],
    [{ nmsThreshold: Number.NaN }, 'nmsThreshold should lie between 0 and 1, got NaN'],
    [{ maxDetections: 0 }, 'maxDetections should be a whole number from 1 to 65536, got 0'],
    [{ minSize: 0.5 }, 'minSize should be a whole number from 1 to 65536, got 0.5'],
    [{ maxSize: 1e6 }, 'maxSize should be a whole number from 1 to 65536, got 1000000'],
    [{ classes: [] }, "classes: expected names of the model's classes, got none"],
    [{ classes: [1] as never }, "classes: expected names of the model's classes, got 1"],
    [{ classes: [undefined, 'car'] as never }, "classes: expected names of the model's classes, got ,car"],
  ])('are refused out of range: %j', (choices, message) => {
    expect(() => configFor(config, choices)).toThrow(message);
  });
});
