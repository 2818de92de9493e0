import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openWeights } from '../open-weights.ts';
import { PickleWriter } from '../pickle/writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'numpy-pickle-'));
afterAll(() => rmSync(folder, { recursive: true }));
const python = '/usr/bin/python3';
const hasNumpy = succeeds(['-c', 'import numpy']);

describe.runIf(hasNumpy)(`arrays that Python pickled${hasNumpy ? '' : ' (skipped: no numpy)'}`, () => {
  it.each([2, 3, 4])('in protocol %i are read with their shapes, types and orders', async (protocol) => {
    const path = join(folder, `arrays-${protocol}.pkl`);
    const program = `
import numpy as np, pickle
a = np.arange(6, dtype=np.float32).reshape(2, 3)
arrays = {"plain": a, "fortran": np.asfortranarray(a), "half": a.astype(np.float16), "count": np.array(7, np.int64),
          "empty": np.zeros((0, 4), np.float32), "double": a.astype(np.float64)}
pickle.dump({"model": arrays, "__author__": "me", "lr": np.float64(0.1)}, open(${JSON.stringify(path)}, "wb"), ${protocol})`;
    execFileSync(python, ['-c', program]);
    const file = await openWeights(path);
    expect(file.keys()).toEqual(['plain', 'fortran', 'half', 'count', 'empty', 'double']);
    for (const key of ['plain', 'fortran', 'half', 'double']) {
      expect(file.shapeOf(key)).toEqual([2, 3]);
      expect([...(await file.read(key)).data]).toEqual([0, 1, 2, 3, 4, 5]);
    }
    expect(file.shapeOf('count')).toEqual([]);
    expect([...(await file.read('count')).data]).toEqual([7]);
    expect((await file.read('empty')).data.length).toBe(0);
    await file.close();
  });
});

describe('a pickle of arrays', () => {
  const write = (name: string, fill: (writer: PickleWriter) => void) => {
    const writer = new PickleWriter();
    fill(writer);
    const path = join(folder, name);
    writeFileSync(path, writer.finish());
    return path;
  };

  it('that calls anything else is refused by its name', async () => {
    const path = write('evil.pkl', (writer) => {
      writer
        .global('os', 'system')
        .tuple(() => writer.text('true'))
        .call();
    });
    await expect(openWeights(path)).rejects.toThrow(/evil\.pkl: refuses to load os\.system/);
  });

  it('that encodes one text again and again is refused before it fills the memory', async () => {
    const text = 'x'.repeat(100_000);
    const path = write('amplified.pkl', (writer) => {
      for (let i = 0; i < 1000; i++) {
        writer
          .global('_codecs', 'encode')
          .tuple(() => writer.word(text))
          .call();
      }
    });
    await expect(openWeights(path)).rejects.toThrow(
      /amplified\.pkl: its pickle of \d+ bytes makes more bytes than it has/,
    );
  });

  it.each(['constructor', '__proto__', 'toString'])('with the dtype %s is refused', async (name) => {
    const path = write('dtype.pkl', (writer) => {
      writer
        .global('numpy', 'dtype')
        .tuple(() => writer.text(name))
        .call();
    });
    await expect(openWeights(path)).rejects.toThrow(/dtype\.pkl: an array of its pickle holds the text/);
  });

  it('whose array was never filled holds nothing, and one of objects is refused', async () => {
    const objects = write('objects.pkl', (writer) => {
      writer
        .global('numpy', 'dtype')
        .tuple(() => writer.text('O8'))
        .call();
    });
    await expect(openWeights(objects)).rejects.toThrow(
      /objects\.pkl: an array of its pickle holds the text O8/,
    );
  });
});

function succeeds(args: string[]): boolean {
  try {
    execFileSync(python, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
