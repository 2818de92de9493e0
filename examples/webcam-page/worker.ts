/** Runs the model on frames in a worker, so that the page stays responsive. */
import { load } from 'mask-rcnn/browser';

export interface Found {
  name: string;
  score: number;
  box: [number, number, number, number];
  /** Outlines of the mask: x1, y1, x2, y2, … in pixels of the frame. */
  rings: number[][];
}

const model = load(new URL('model.safetensors', self.location.origin));

self.addEventListener('message', async ({ data: frame }: MessageEvent<ImageBitmap>) => {
  try {
    const { instances } = await (await model).predict(frame);
    const found = instances.map(({ category, score, box, mask }): Found => {
      return { name: category.name, score, box, rings: mask?.toPolygons() ?? [] };
    });
    self.postMessage(found);
  } catch (error) {
    // An error event reaches the page; a rejected promise would not.
    setTimeout(() => {
      throw error;
    });
  }
  frame.close();
});
