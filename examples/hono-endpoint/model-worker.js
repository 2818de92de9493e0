// @ts-check
import { parentPort } from 'node:worker_threads';
import { InputError, load } from 'mask-rcnn';

const model = await load('nuclei');

/** @param {Uint8Array} picture */
async function count(picture) {
  try {
    const { width, height, instances } = await model.predict(picture);
    const covered = instances.reduce((sum, { mask }) => sum + (mask?.area ?? 0), 0);
    return { status: 200, body: { objects: instances.length, covered: covered / (width * height) } };
  } catch (error) {
    if (error instanceof InputError) return { status: 422, body: { error: error.message } };
    console.error(error);
    return { status: 500, body: { error: 'see the log' } };
  }
}

parentPort?.on('message', async ({ id, picture }) => {
  parentPort?.postMessage({ id, ...(await count(picture)) });
});
