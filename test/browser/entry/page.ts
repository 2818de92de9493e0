/** Uses the browser entry as a web application does; the test calls `find`. */
import { InputError, load } from '../../../src/browser.ts';

/** An instance as plain data, to leave the page. */
export interface Found {
  category: string;
  score: number;
  box: number[];
  /** Column-major RLE. */
  counts: number[];
}

/** The folder with ONNX Runtime's files, if the address names one. */
const runtimeFiles = new URLSearchParams(location.search).get('files') ?? undefined;

const model = load('/nuclei.safetensors', { runtimeFiles });

/** Forms in which a page gives a picture. */
export type Kind = 'address' | 'blob' | 'bytes' | 'bitmap' | 'canvas' | 'pixels' | 'raw';

async function find(pictureUrl: string, kind: Kind): Promise<Found[]> {
  const { instances } = await (await model).predict(await as(kind, pictureUrl), { score: 0.05 });
  return instances.map(({ category, score, box, mask }) => ({
    category: category.name,
    score,
    box,
    counts: [...(mask?.rle.counts ?? [])],
  }));
}

async function as(kind: Kind, pictureUrl: string) {
  if (kind === 'address') return pictureUrl;
  const blob = await (await fetch(pictureUrl)).blob();
  if (kind === 'blob') return blob;
  if (kind === 'bytes') return new Uint8Array(await blob.arrayBuffer());
  const bitmap = await createImageBitmap(blob);
  if (kind === 'bitmap') return bitmap;
  const canvas = document.createElement('canvas');
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const context = canvas.getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  if (kind === 'canvas') return canvas;
  const pixels = context.getImageData(0, 0, bitmap.width, bitmap.height);
  if (kind === 'pixels') return pixels;
  return { width: pixels.width, height: pixels.height, data: pixels.data, channels: 4 } as const;
}

/** The message of the error that loading the model gives. */
async function failure(): Promise<string> {
  return model.then(
    () => 'loaded',
    (error: unknown) => String(error),
  );
}

/** The message of the error that loading a missing model gives, if it is the right kind. */
async function missing(): Promise<string> {
  return load('/missing.safetensors').then(
    () => 'loaded',
    (error: unknown) => (error instanceof InputError ? error.message : 'another error'),
  );
}

Object.assign(window, { find, failure, missing });
