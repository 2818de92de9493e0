import { decodePicture } from '../image/decode.ts';
import { type Picture, type RawPicture, toPicture } from '../image/picture.ts';
import { openModelFile } from '../model-file/model-file.ts';
import { nodeRuntime } from '../runtime/node.ts';
import { compileModel } from './compile.ts';
import { type FindModelOptions, findModel } from './find-model.ts';
import { Model } from './model.ts';

/** A picture's path, the bytes of its file, or its pixels. */
export type PictureSource = string | Uint8Array | RawPicture;

export interface LoadOptions extends FindModelOptions {
  /** Threads that one prediction uses. Default: one for each core. */
  threads?: number;
}

/**
 * Loads a model, ready to predict.
 * @param nameOrPath A model file, or a name that `mask-rcnn models` lists; published models are downloaded at
 *   their first use and kept in the system's cache folder.
 * @throws InputError where the file is missing, damaged, or no model of this package (`mask-rcnn import` makes one).
 */
export async function load(nameOrPath: string, options: LoadOptions = {}): Promise<Model<PictureSource>> {
  const { threads, ...find } = options;
  const { config, weights } = await openModelFile(await findModel(nameOrPath, find));
  try {
    const sessions = await compileModel(
      config,
      weights,
      nodeRuntime,
      threads === undefined ? {} : { threads },
    );
    return new Model(config, sessions, decode);
  } finally {
    await weights.close();
  }
}

/** The pixels of whatever `predict` takes for a picture in Node. @throws InputError where it is damaged. */
export async function decode(source: PictureSource): Promise<Picture> {
  return typeof source === 'string' || source instanceof Uint8Array
    ? decodePicture(source)
    : toPicture(source);
}
