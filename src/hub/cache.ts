import { join } from 'node:path';
import envPaths from 'env-paths';
import type { PublishedModel } from './published.ts';

/**
 * Version of the conversion from published weights to our model files. It is part of the converted file's name, so that
 * files converted by older versions are not used any more.
 */
const conversion = 1;

/** The folder of downloaded models: `MASK_RCNN_CACHE`, or the system's cache folder for this program. */
function cacheFolder(): string {
  return process.env.MASK_RCNN_CACHE || envPaths('mask-rcnn', { suffix: '' }).cache;
}

/** Path of the published file, whether or not it has been downloaded. */
export function downloadedPath(model: PublishedModel): string {
  return join(cacheFolder(), model.fileName);
}

/** Path of the model file that the published file is converted into, whether or not it exists. */
export function convertedPath(model: PublishedModel): string {
  return join(cacheFolder(), `${model.fileName.replace(/\.\w+$/, '')}.v${conversion}.safetensors`);
}

/** Path of a model file that was fetched from elsewhere, whether or not it exists. @param sha256 Of the file. */
export function fetchedPath(sha256: string): string {
  return join(cacheFolder(), `sha256-${sha256}.safetensors`);
}
