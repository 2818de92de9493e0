import { expect, it } from 'vitest';
import { markdown } from './report.ts';
import type { Outcome } from './run-study.ts';
import { studyNamed } from './studies.ts';
import { statistic, summarise } from './summary.ts';

const study = studyNamed('softmax-sigmoid');
const [softmax, sigmoid, agnostic] = study.variants;
const run = (variant: (typeof study.variants)[number], seed: number, AP: number): Outcome => {
  const figures = { AP, AP50: AP + 0.2, AP75: AP - 0.05 };
  return { variant, seed, steps: 400, figures: { mask: figures, box: figures } };
};
const unfinished = (seed: number): Outcome => ({ variant: agnostic, seed, steps: null, figures: null });
const outcomes = [
  run(softmax, 1, 0.2),
  run(softmax, 2, 0.24),
  run(softmax, 3, 0.22),
  run(sigmoid, 1, 0.3),
  run(sigmoid, 2, 0.33),
  run(sigmoid, 3, 0.3),
  unfinished(1),
  run(agnostic, 2, 0.25),
  unfinished(3),
];
const summary = summarise(study, outcomes);
const lines = markdown(study, summary, { steps: [400], seeds: [1, 2, 3] }).split('\n');

it('computes mean and sample standard deviation', () => {
  expect(statistic([2, 4, 4, 4, 5, 5, 7, 9])).toMatchObject({ mean: 5, sd: Math.sqrt(32 / 7) });
  expect(statistic([3])).toEqual({ mean: 3, sd: null, values: [3] });
  expect(statistic([])).toBeNull();
});

it("lists the paper's results next to ours", () => {
  expect(lines).toContain(
    '| softmax | 22.0 ± 2.0 | 42.0 ± 2.0 | 17.0 ± 2.0 | 22.0 ± 2.0 | 42.0 ± 2.0 | 17.0 ± 2.0 | 3 | softmax | 24.8 | 44.1 | 25.1 |',
  );
  expect(lines).toContain(
    '| class-agnostic | 25.0 | 45.0 | 20.0 | 25.0 | 45.0 | 20.0 | 1 | class-agnostic | 29.7 | – | – |',
  );
});

it('lists missing runs', () => {
  expect(lines).toContain('**Not finished:** class-agnostic (seed 1, 3).');
});

it('compares runs with equal seeds, and separates a direction from chance', () => {
  // 10, 9 and 8 points: mean 9, standard deviation 1, standard error 0.58.
  expect(lines).toContain('| sigmoid > softmax | AP | +9.0 ± 1.0 | +5.5 | yes |');
  expect(lines).toContain('| sigmoid > class-agnostic | AP | +8.0 | +0.6 | not clear |');
  expect(lines).toContain('| sigmoid > class-agnostic | AP50 | +8.0 | – | not clear |');
  const turned = outcomes.map((outcome) => {
    if (outcome.variant === agnostic) return outcome;
    return { ...outcome, variant: outcome.variant === softmax ? sigmoid : softmax };
  });
  expect(summarise(study, turned).differences[0].agrees).toBe('no');
});

it('exists before any run', () => {
  const none = study.variants.map((variant) => ({ variant, seed: 1, steps: null, figures: null }));
  const text = markdown(study, summarise(study, none), { steps: [], seeds: [1] });
  expect(text).toContain('**Not finished:** softmax (all); sigmoid (all); class-agnostic (all).');
  expect(text).toContain('| sigmoid > softmax | AP | – | +5.5 | – |');
});

it('warns of runs of different lengths', () => {
  expect(markdown(study, summary, { steps: [10, 400], seeds: [1] })).toContain(
    '10 or 400 steps (not comparable)',
  );
});
