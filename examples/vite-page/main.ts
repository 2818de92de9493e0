/** Detects the objects in the chosen picture and draws their masks over it, entirely in the browser. */
import { type Instance, load } from 'mask-rcnn';

const input = document.querySelector<HTMLInputElement>('#picture')!;
const status = document.querySelector<HTMLElement>('#status')!;
const canvas = document.querySelector<HTMLCanvasElement>('#canvas')!;

const model = await load('model.safetensors');
status.textContent = 'Choose a picture.';

input.addEventListener('change', async () => {
  const file = input.files?.[0];
  if (!file) return;
  status.textContent = 'Looking …';
  try {
    const start = performance.now();
    const { instances } = await model.predict(file);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    show(await createImageBitmap(file), instances);
    status.textContent = `${instances.length} ${instances.length === 1 ? 'object' : 'objects'} in ${seconds} s`;
  } catch (error) {
    status.textContent = String(error);
  }
});

function show(picture: ImageBitmap, instances: readonly Instance[]): void {
  const { width, height } = picture;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d')!;
  context.drawImage(picture, 0, 0);
  const pixels = context.getImageData(0, 0, width, height);
  instances.forEach(({ mask }, i) => {
    const colour = [(i * 97) % 256, (i * 57 + 128) % 256, (i * 151 + 64) % 256];
    mask?.toBitmap().forEach((inside, at) => {
      if (inside)
        for (let c = 0; c < 3; c++) pixels.data[4 * at + c] = (pixels.data[4 * at + c] + colour[c]) / 2;
    });
  });
  context.putImageData(pixels, 0, 0);
}
