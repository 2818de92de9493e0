import { drawNuclei } from '../../examples/demo/draw-nuclei.ts';

/** A microscope picture, drawn here; another one each time. */
export async function drawExample(): Promise<Blob> {
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
