import { expect, test } from 'vitest';
import { float32Tensor } from '../core/tensor.ts';
import { nodeRuntime } from '../runtime/node.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { webRuntime } from '../runtime/web.ts';
import { weightSteps } from './weight-steps.ts';

test('WebAssembly adds products of bytes without loss', async () => {
  expect(await weightSteps(webRuntime)).toBe(127);
});

test('a processor that clips sums of two products gets smaller weights, and is tried once', async () => {
  let tried = 0;
  const clipping: Runtime = {
    ...nodeRuntime,
    async createSession(model, options) {
      tried++;
      const session = await nodeRuntime.createSession(model, options);
      return {
        ...session,
        run: async () => ({ y: float32Tensor([1, 1], Float32Array.of((64 / 2) * (2 ** 15 - 1))) }),
      };
    },
  };
  expect(await weightSteps(clipping)).toBe(64);
  expect(await weightSteps(clipping)).toBe(64);
  expect(tried).toBe(1);
  expect([64, 127]).toContain(await weightSteps(nodeRuntime));
});
