import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../src/train/checkpoint.ts';
import { runCli } from '../support/cli-process.ts';
import { writeSquares } from '../support/square-pictures.ts';
import { importTiny } from '../support/tiny-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'disk-full-'));
const disk = join(folder, 'disk');
const checkpoint = 'checkpoint.safetensors';

/** Mounts a disk of the given size, which needs root on Linux. @returns Whether it succeeded. */
function mountDisk(bytes: number): boolean {
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const smallest = 64 * 1024;
const mounted = mountDisk(smallest);

afterAll(() => {
  if (mounted) execFileSync('umount', [disk]);
  rmSync(folder, { recursive: true });
});

describe.skipIf(!mounted)(
  `a disk that fills up at a checkpoint${mounted ? '' : ' (skipped: no small disk can be mounted here, which takes root on Linux)'}`,
  { timeout: 300_000 },
  () => {
    it('stops the run with one line, keeps the checkpoint before, and lets the run go on', async () => {
      const model = await importTiny('mask-v1', folder);
      const data = writeSquares(folder, 4, 1);
      const config = join(folder, 'run.json');
      const training = {
        steps: 4,
        batchSize: 2,
        accumulate: 1,
        checkpointEvery: 2,
        emaDecay: 0.9,
        workers: 0,
        threads: 1,
      };
      writeFileSync(config, JSON.stringify({ train: { data, images: folder }, from: model, training }));
      const whole = join(folder, 'whole');
      const unbounded = await runCli(['train', '--config', config, '--out', whole]);
      expect(unbounded.status, unbounded.stderr).toBe(0);

      // Room for the first checkpoint, which has no moments and averages yet, but not for it and the next one.
      const full = statSync(join(whole, checkpoint)).size;
      resizeDisk(Math.round(full * 1.2));
      const out = join(disk, 'run');
      const stopped = await runCli(['train', '--config', config, '--out', out]);
      expect(stopped.status, stopped.stderr).toBe(1);
      const lines = stopped.stderr
        .split('\n')
        .filter((line) => /cannot be written|ENOSPC|^\s+at /.test(line));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(`${join(out, checkpoint)}: cannot be written (ENOSPC`);
      expect((await readCheckpoint(join(out, checkpoint))).state.step).toBe(0);
      expect(readdirSync(out).filter((name) => name.endsWith('.tmp'))).toEqual([]);

      resizeDisk(20 * full);
      const resumed = await runCli(['train', '--out', out, '--resume']);
      expect(resumed.status, resumed.stderr).toBe(0);
      for (const file of [checkpoint, 'last.safetensors']) {
        expect(readFileSync(join(out, file)).equals(readFileSync(join(whole, file))), file).toBe(true);
      }
    });
  },
);

function resizeDisk(bytes: number): void {
  execFileSync('mount', ['-o', `remount,size=${bytes}`, disk]);
}
