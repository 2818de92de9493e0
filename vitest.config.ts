import { defineConfig } from 'vitest/config';

/** Runs before the tests that start processes. */
const globalSetup = 'test/support/built-package.ts';

export default defineConfig({
  test: {
    // ONNX Runtime holds native state; a process for each file keeps one session's trouble out of the next.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 600_000,
    // The built package is run as it is.
    server: { deps: { external: [/\/\.cache\/test-package\//] } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src', 'web', 'scenes', 'ablation', 'examples'].map((folder) => `${folder}/**/*.test.ts`),
          // These tests hold nothing native: modules are loaded once for all of them.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'contract', include: ['test/contract/*.test.ts'] } },
      { extends: true, test: { name: 'e2e', include: ['test/e2e/*.test.ts'], globalSetup } },
      { extends: true, test: { name: 'browser', include: ['test/browser/*.test.ts'], globalSetup } },
    ],
  },
});
