import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src', 'test', 'scenes', 'ablation', 'web'].map((folder) => `${folder}/**/*.test.ts`),
    // ONNX Runtime holds native state; a process for each file keeps one session's trouble out of the next.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 600_000,
  },
});
