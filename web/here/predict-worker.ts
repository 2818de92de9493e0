import { type Model, messageOf, type PictureSource, toCocoResults } from '../product.ts';
import { chooseDevice } from './choose-device.ts';
import type { CallName, Calls, Reply, Request } from './protocol.ts';

type Handlers = {
  [Name in CallName]: (takes: Calls[Name]['takes']) => Promise<Calls[Name]['gives']>;
};

let model: Model<PictureSource> | null = null;

const handlers: Handlers = {
  async load(takes) {
    await model?.dispose();
    model = null;
    const chosen = await chooseDevice(takes);
    model = chosen.model;
    const { device, threads, webgpuFailure } = chosen;
    const { categories, defaultScore } = model.config;
    return { facts: { categories, defaultScore, card: model.card }, device, threads, webgpuFailure };
  },

  async predict({ picture, score, choices: { tile, ...choices } }) {
    if (!model) throw new Error('no model has been loaded');
    const start = performance.now();
    const prediction = await model.predict(picture, {
      score,
      ...choices,
      ...(tile && { tile: { size: tile } }),
    });
    const ms = performance.now() - start;
    const { width, height, omitted = 0 } = prediction;
    const results = toCocoResults([[0, prediction]]);
    return { width, height, results, omitted, ms };
  },
};

// One at a time: a session does not support concurrent runs.
let last: Promise<void> = Promise.resolve();

/** Starts the worker that runs a model, so that the page stays responsive. */
export function startPredicting(): void {
  self.addEventListener('message', ({ data }: MessageEvent<Request>) => {
    last = last.then(() => answer(data));
  });
}

async function answer(request: Request): Promise<void> {
  const { id } = request;
  let reply: Reply;
  try {
    reply = { id, gives: await dispatch(request) };
  } catch (error) {
    reply = { id, error: messageOf(error) };
  }
  self.postMessage(reply);
}

function dispatch<Name extends CallName>({ call, takes }: { call: Name; takes: Calls[Name]['takes'] }) {
  return handlers[call](takes);
}
