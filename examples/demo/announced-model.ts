import { load } from '../../src/index.ts';
import { secondsSince } from './seconds-since.ts';

/** Loads a model, and prints how long that took. */
export async function announcedModel(name: string): ReturnType<typeof load> {
  const start = performance.now();
  const model = await load(name);
  console.log(`model ${name}, loaded in ${secondsSince(start)}`);
  return model;
}
