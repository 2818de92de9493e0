import { fetchModel, type Progress } from '../here/model-store.ts';
import { routes, urlOf } from '../product.ts';
import type { AskServer } from '../shell/view-props.ts';

/** A model that can be chosen: of the server, of an address, or a file of this device. */
export type ModelChoice =
  | { kind: 'served'; name: string; defaultScore: number }
  | { kind: 'address'; name: string; url: string }
  | { kind: 'file'; name: string; file: File };

export interface OpenModelOptions {
  askServer: AskServer;
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal | undefined;
}

/** The bytes of a model's file. See `fetchModel`. */
export function openModel(choice: ModelChoice, options: OpenModelOptions): Promise<ArrayBuffer> {
  const { askServer, ...rest } = options;
  if (choice.kind === 'file') return choice.file.arrayBuffer();
  if (choice.kind === 'address') return fetchModel(choice.url, rest);
  return fetchModel(urlOf(routes.downloadModel, { name: choice.name }), { ...rest, ask: askServer });
}

/** The same for the same model, for lists and for knowing what is loaded. */
export function keyOf(choice: ModelChoice): string {
  if (choice.kind === 'served') return `served ${choice.name}`;
  if (choice.kind === 'address') return `address ${choice.url}`;
  return `file ${choice.name} ${choice.file.size} ${choice.file.lastModified}`;
}

/**
 * The choice that an address stands for; its name is the last part of the path.
 * @throws Error where it is no address of the web.
 */
export function choiceOfAddress(text: string): ModelChoice {
  if (!URL.canParse(text, document.baseURI)) throw new Error(`${text} is not an address`);
  const url = new URL(text, document.baseURI);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new Error(`expected an address that begins with https://, got ${url.protocol}`);
  }
  const file = decodeURIComponent(url.pathname.split('/').at(-1) ?? '');
  return { kind: 'address', name: file.replace(/\.safetensors$/, '') || url.host, url: url.href };
}
