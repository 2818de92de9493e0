import { describe, expect, it } from 'vitest';
import { lengthWithin, usualSteps } from './run-length.ts';

const run = {
  pictures: 495,
  picturesPerStep: 4,
  minutes: 30,
  secondsPerStep: 2,
  validationPictures: 0,
  validateEvery: null,
};

describe('the length of a run', () => {
  it.each([
    // 60 times each; 6,000 in all; 12 times each.
    [18, 2, 540],
    [200, 4, 1500],
    [1000, 4, 3000],
  ])('%i pictures, %i a step: %i steps', (pictures, picturesPerStep, steps) => {
    expect(usualSteps(pictures, picturesPerStep)).toBe(steps);
  });

  it('is what suits the data set where there is time for it', () => {
    expect(lengthWithin({ ...run, secondsPerStep: 1 })).toEqual({
      steps: 1500,
      validateEvery: 150,
      usualMinutes: null,
    });
  });

  it('is what the time allows, and says how much the usual length would take', () => {
    const { steps, usualMinutes } = lengthWithin(run);
    expect(steps).toBe(900);
    expect(usualMinutes).toBe(50);
    expect(lengthWithin({ ...run, minutes: 50 })).toMatchObject({ steps: 1500, usualMinutes: null });
  });

  it('leaves time for ten validations, fewer where they take more than a sixth of it', () => {
    // 0.2 s a picture.
    const ten = lengthWithin({ ...run, validationPictures: 100 });
    expect(ten).toMatchObject({ steps: 800, validateEvery: 80 });
    const three = lengthWithin({ ...run, validationPictures: 500 });
    expect(three).toMatchObject({ steps: 750, validateEvery: 250 });
    const one = lengthWithin({ ...run, validationPictures: 4000 });
    expect(one.validateEvery).toBe(one.steps);
  });

  it('counts validations at the interval that the run asks for', () => {
    const { steps, validateEvery } = lengthWithin({ ...run, validationPictures: 100, validateEvery: 40 });
    expect({ steps, validateEvery }).toEqual({ steps: 720, validateEvery: 40 });
  });

  it('is never less than a step', () => {
    expect(lengthWithin({ ...run, minutes: 0.01, validationPictures: 9999 }).steps).toBe(1);
  });
});
