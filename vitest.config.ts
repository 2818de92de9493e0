import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Builds the package, for tests that run it. */
const globalSetup = 'test/support/built-package.ts';

/** The longest files, in the order in which they start. */
const long = [
  'e2e/full-size-parity.test.ts',
  'e2e/checkpoint-parity.test.ts',
  'e2e/train.test.ts',
  'e2e/packed-install.test.ts',
  'e2e/docs-code.test.ts',
];

/** Starts the long files first, so that none is left to run alone at the end. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      const position = long.findIndex((path) => moduleId.endsWith(path));
      return position < 0 ? long.length : position;
    };
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig(({ mode }) => ({
  test: {
    // ONNX Runtime keeps native state: a process for each file keeps one file's sessions from affecting the next.
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongFirst },
    testTimeout: 60_000,
    hookTimeout: 600_000,
    // The built package runs as it is.
    server: { deps: { external: [/\/\.cache\/test-package\//] } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src', 'web', 'ablation', 'examples'].map((folder) => `${folder}/**/*.test.ts`),
          // Modules are loaded once for all files, which saves most of the time.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'contract',
          include: ['test/contract/*.test.ts'],
          globalSetup,
          // As for the units; a file that replaces a module loads its own.
          isolate: false,
        },
      },
      // Minutes and gigabytes, for `npm run test:full`: comparisons with torchvision, the site, long trainings.
      { extends: true, test: { name: 'full', include: ['test/full/*.test.ts'], globalSetup } },
      { extends: true, test: { name: 'fuzz', include: ['test/fuzz/*.test.ts'], testTimeout: 300_000 } },
      {
        extends: true,
        // As for the contract tests.
        test: { name: 'e2e', include: ['test/e2e/*.test.ts'], globalSetup, isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'chaos',
          include: ['test/chaos/*.test.ts'],
          globalSetup,
          // A short selection, except for `npm run chaos`.
          env: { CHAOS: mode === 'chaos' ? 'long' : 'short' },
        },
      },
      {
        extends: true,
        test: { name: 'browser', include: ['test/browser/*.test.ts'], globalSetup, isolate: false },
      },
    ],
  },
}));
