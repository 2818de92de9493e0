import { ortFolder } from '../product.ts';

/** The absolute URL of the folder with ONNX Runtime's files; workers have no base URL of their own page. */
export function ortFilesUrl(): string {
  return new URL(`${ortFolder}/`, document.baseURI).href;
}
