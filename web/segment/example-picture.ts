import { drawNuclei } from '../../examples/demo/draw-nuclei.ts';
import photograph from '../../examples/demo/pictures/motorcycle.jpg';
import type { ChosenPicture } from '../shell/use-session.ts';

/** Names of the class of a model that finds nuclei. */
const nuclei: ReadonlySet<string> = new Set(['nucleus', 'nuclei', 'cell', 'cells']);

/**
 * A picture in which a model finds something: drawn nuclei for a model of nuclei, else a photograph of the demo.
 * @param categories Those of the model; empty where nothing is known about it yet.
 */
export async function examplePicture(categories: readonly { name: string }[]): Promise<ChosenPicture> {
  const findsNuclei = categories.some(({ name }) => nuclei.has(name.toLowerCase()));
  return findsNuclei
    ? { blob: await drawExample(), name: 'example.png' }
    : { blob: await fetchPhotograph(), name: 'example.jpg' };
}

async function fetchPhotograph(): Promise<Blob> {
  const response = await fetch(photograph);
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  return new Blob([await response.arrayBuffer()], { type: 'image/jpeg' });
}

/** A microscope picture, drawn here; another one each time. */
async function drawExample(): Promise<Blob> {
  const seed = 1 + Math.floor(Math.random() * 1000);
  const { width, height, data } = drawNuclei({ seed, width: 384, height: 256 }).picture;
  const pixels = new ImageData(width, height);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    pixels.data.set([data[from], data[from + 1], data[from + 2], 255], to);
  }
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.putImageData(pixels, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}
