import { MaskRcnnError, messageOf } from '../core/errors.ts';
import type { Runtime } from './runtime.ts';

/**
 * The address of a folder of the page with ONNX Runtime's files, ending in a slash: ONNX Runtime appends names to it, and
 * resolves it against the bundle.
 */
export function folderAddress(folder: string): string {
  const { document, location } = globalThis as { document?: Document; location?: Location };
  const withSlash = folder.endsWith('/') ? folder : `${folder}/`;
  const page = document?.baseURI ?? location?.href;
  return URL.canParse(withSlash, page) ? new URL(withSlash, page).href : withSlash;
}

/** A page's runtime whose errors say what to do where ONNX Runtime's files are not found. */
export function explainingMissingFiles(runtime: Runtime): Runtime {
  return {
    ...runtime,
    createSession: async (model, options) => {
      try {
        return await runtime.createSession(model, options);
      } catch (error) {
        throw messageOf(error).startsWith('no available backend found') ? missingFiles(error) : error;
      }
    },
  };
}

/** @param cause What failed for want of the files. */
export function missingFiles(cause: unknown): MaskRcnnError {
  return new MaskRcnnError(
    `ONNX Runtime's .mjs and .wasm files cannot be loaded (${messageOf(cause)}); copy them from node_modules/onnxruntime-web/dist to a folder of the page, and give load its address as runtimeFiles`,
    { cause },
  );
}
