/** Shows camera frames with the objects that the worker detected in them. */
import type { Found } from './worker.ts';

const button = document.querySelector<HTMLButtonElement>('#start')!;
const status = document.querySelector<HTMLElement>('#status')!;
const context = document.querySelector<HTMLCanvasElement>('#canvas')!.getContext('2d')!;
const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });

button.addEventListener('click', async () => {
  button.disabled = true;
  try {
    const video = document.createElement('video');
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: 640 } });
    await video.play();
    await follow(video);
  } catch (error) {
    status.textContent = String(error);
    button.disabled = false;
  }
});

/** Processes one frame at a time: the next one is captured when the previous one is done. */
async function follow(video: HTMLVideoElement): Promise<never> {
  for (;;) {
    const frame = await createImageBitmap(video);
    const shown = await createImageBitmap(frame);
    const start = performance.now();
    const found = await look(frame);
    draw(shown, found);
    status.textContent = `${found.length} ${found.length === 1 ? 'object' : 'objects'}, ${(1000 / (performance.now() - start)).toFixed(1)} frames per second`;
  }
}

function look(frame: ImageBitmap): Promise<Found[]> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Found[]>) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(frame, [frame]);
  });
}

function draw(frame: ImageBitmap, found: readonly Found[]): void {
  context.canvas.width = frame.width;
  context.canvas.height = frame.height;
  context.drawImage(frame, 0, 0);
  context.font = '16px system-ui';
  found.forEach(({ name, score, box: [x1, y1], rings }, i) => {
    context.fillStyle = `hsl(${(i * 137) % 360} 90% 60%)`;
    context.globalAlpha = 0.45;
    context.beginPath();
    for (const ring of rings) {
      for (let at = 0; at < ring.length; at += 2) context.lineTo(ring[at], ring[at + 1]);
      context.closePath();
    }
    context.fill();
    context.globalAlpha = 1;
    context.fillText(`${name} ${score.toFixed(2)}`, x1, Math.max(14, y1 - 4));
  });
}
