import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseModelConfig } from '../../src/config/parse.ts';
import { load as loadInBrowser } from '../../src/predict/load/browser.ts';
import { encodeSafetensors } from '../../src/weights/safetensors/writer.ts';
import { readWeights } from '../support/read-weights.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const golden = (name: string) => `${root}test/golden/inference/${name}`;

describe('the browser entry', () => {
  it('reaches no Node module and no Node package', () => {
    const reached = reachableImports(`${root}src/browser.ts`);
    expect(reached.filter((name) => name.startsWith('node:'))).toEqual([]);
    expect(reached.sort()).toEqual([
      '#onnxruntime-wasm',
      'fast-png',
      'onnxruntime-web/webgpu',
      'protobufjs/minimal.js',
      'zod',
    ]);
  });

  it('is all that the page needs apart from its own packages', () => {
    const reached = reachableImports(`${root}web/main.tsx`);
    expect(reached).toContain('#onnxruntime-wasm');
    const allowed =
      /^(preact(\/hooks)?|fast-png|#onnxruntime-wasm|onnxruntime-web\/webgpu|protobufjs\/minimal\.js|zod)$/;
    expect(reached.filter((name) => !allowed.test(name))).toEqual([]);
  });

  it('finds in a model file what torchvision finds, on WebAssembly', async () => {
    const manifest = JSON.parse(readFileSync(golden('manifest.json'), 'utf8')).models['mask-v2'];
    const config = parseModelConfig('mask-v2', manifest.config);
    const weights = await readWeights(golden('mask-v2.pth'));
    const parts: Uint8Array[] = [];
    for await (const part of encodeSafetensors(weights, { metadata: { config: JSON.stringify(config) } }))
      parts.push(part);
    const model = await loadInBrowser(new Uint8Array(Buffer.concat(parts)));

    const pixels = await (await readWeights(golden('pictures.safetensors'))).read('enlarged');
    const [height, width] = pixels.shape;
    const { instances } = await model.predict(imageData(width, height, pixels.data), { score: 0.05 });

    const oracle = await readWeights(golden('mask-v2.enlarged.safetensors'));
    const scores = (await oracle.read('detections.scores')).data;
    const boxes = (await oracle.read('result.boxes')).data;
    expect(instances.length).toBe(scores.length);
    instances.forEach(({ score, box, mask }, i) => {
      expect(score).toBeCloseTo(scores[i], 3);
      box.forEach((corner, c) => {
        expect(corner).toBeCloseTo(boxes[4 * i + c], 1);
      });
      expect(mask?.toBitmap().length).toBe(width * height);
    });
    await model.dispose();
  });
});

/** What a canvas gives: RGBA. Node has no such class, so the shape of one. */
function imageData(width: number, height: number, rgb: Float32Array): ImageData {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) data[4 * i + c] = rgb[3 * i + c];
  return { width, height, data, colorSpace: 'srgb' } as ImageData;
}

/** The packages and Node modules that a file imports, itself or through others; types do not count. */
function reachableImports(entry: string): string[] {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, 'utf8');
    for (const specifier of specifiersIn(text)) {
      if (!specifier.startsWith('.')) packages.add(specifier);
      else if (!specifier.endsWith('.css')) visit(resolve(dirname(file), specifier));
    }
  };
  visit(entry);
  return [...packages];
}

/** What a module imports: at once, for its effect, later, and as a worker. */
function specifiersIn(text: string): string[] {
  const forms = [
    /^(?:import|export)\s(?!type\s)[^;]*?\sfrom\s'([^']+)'/gm,
    /^import\s'([^']+)'/gm,
    /\bimport\(\s*'([^']+)'\s*\)/g,
    /new Worker\(new URL\('([^']+)', import\.meta\.url\)/g,
  ];
  return forms.flatMap((form) => [...text.matchAll(form)].map(([, specifier]) => specifier));
}
