import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { seededRandom } from '../../src/core/random.ts';
import { readCheckpoint } from '../../src/train/checkpoint.ts';
import { packageFolder } from '../support/built-package.ts';
import { TestFolder } from '../support/folder.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());
const writer = fileURLToPath(new URL('../support/write-checkpoints.js', import.meta.url));

it('a checkpoint survives kills at any moment of a write', { timeout: 120_000 }, async () => {
  const path = folder.at('killed.safetensors');
  const random = seededRandom(5);
  let latest = 0;
  for (let round = 0; round < 6; round++) {
    const child = spawn(process.execPath, [writer, packageFolder, path, String(latest + 1)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, random.integer(40)));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { state } = await readCheckpoint(path);
    // Every value of a complete state is its step.
    expect(state.weights.get('w')?.data.every((value) => value === state.step)).toBe(true);
    expect(state.optimizer.get('momentum/w')?.every((value) => value === -state.step)).toBe(true);
    expect(state.step).toBeGreaterThan(latest);
    latest = state.step;
  }
});
