import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isSourceUrl, type StepName, sourcesOf, stepSources } from './step-sources.ts';
import { translator } from './text.ts';

const context = { t: translator('en') } as Parameters<typeof sourcesOf>[0];

describe('the sources of a step', () => {
  it.each(Object.keys(stepSources) as StepName[])('%s: are files of the repository', (step) => {
    for (const file of stepSources[step]) {
      expect(existsSync(new URL(`../../../${file}`, import.meta.url)), file).toBe(true);
    }
  });

  it('are names, and links if there is a URL', () => {
    expect(sourcesOf(context, 'bilinear')).toBe(
      '<div class="sources">Implemented in <code>src/ops/roi-align.ts</code></div>',
    );
    expect(sourcesOf({ ...context, sourceUrl: 'https://host/a"b' }, 'bilinear')).toContain(
      '<a href="https://host/a&quot;b/src/ops/roi-align.ts"><code>src/ops/roi-align.ts</code></a>',
    );
  });
});

it('refuses addresses that a browser would run', () => {
  expect(['https://host/x', 'file:///x', 'javascript:alert(1)', 'host/x'].map(isSourceUrl)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
