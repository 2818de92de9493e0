import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Builds the package, for tests that run it. */
const globalSetup = 'test/support/built-package.ts';

/** Test files that take minutes. */
const long =
  /(full-size-parity|full-size-parity-v2|checkpoint-parity|real-size-gradients|e2e.train)\.test\.ts$/;

/** Starts the long files first, so that none is left to run alone at the end. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => long.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
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
          include: ['src', 'web', 'scenes', 'ablation', 'examples'].map((folder) => `${folder}/**/*.test.ts`),
          // Modules are loaded once for all files, which saves most of the time.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'contract', include: ['test/contract/*.test.ts'] } },
      { extends: true, test: { name: 'e2e', include: ['test/e2e/*.test.ts'], globalSetup } },
      { extends: true, test: { name: 'browser', include: ['test/browser/*.test.ts'], globalSetup } },
    ],
  },
});
