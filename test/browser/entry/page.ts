/** Uses the browser entry as a web application does; the test calls `find`. */
import { InputError, load } from '../../../src/browser.ts';

/** An instance as plain data, to leave the page. */
export interface Found {
  category: string;
  score: number;
  box: number[];
  /** Column-major run lengths. */
  counts: number[];
}

const model = load('/nuclei.safetensors');

async function find(pictureUrl: string, kind: 'blob' | 'bitmap' | 'canvas'): Promise<Found[]> {
  const blob = await (await fetch(pictureUrl)).blob();
  const { instances } = await (await model).predict(await as(kind, blob), { score: 0.05 });
  return instances.map(({ category, score, box, mask }) => ({
    category: category.name,
    score,
    box,
    counts: [...(mask?.rle.counts ?? [])],
  }));
}

async function as(kind: 'blob' | 'bitmap' | 'canvas', blob: Blob) {
  if (kind === 'blob') return blob;
  const bitmap = await createImageBitmap(blob);
  if (kind === 'bitmap') return bitmap;
  const canvas = document.createElement('canvas');
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  return canvas;
}

/** The message of the error that loading a missing model gives, if it is the right kind. */
async function missing(): Promise<string> {
  return load('/missing.safetensors').then(
    () => 'loaded',
    (error: unknown) => (error instanceof InputError ? error.message : 'another error'),
  );
}

Object.assign(window, { find, missing });
