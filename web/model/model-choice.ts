import { fetchModel, type Progress } from '../here/model-store.ts';
import { routes, urlOf } from '../product.ts';
import type { AskServer } from '../shell/view-props.ts';
import { PageError } from '../words/page-error.ts';
import type { ModelFacts } from './model-facts.ts';

/** A model to choose: served by the server, at a URL, or a local file. */
export type ModelChoice =
  | { kind: 'served'; name: string; facts: ModelFacts }
  | { kind: 'address'; name: string; url: string; facts?: ModelFacts }
  | { kind: 'file'; name: string; file: File };

export interface OpenModelOptions {
  askServer: AskServer;
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal | undefined;
}

/** Returns the bytes of a model's file. See `fetchModel`. */
export function openModel(choice: ModelChoice, options: OpenModelOptions): Promise<ArrayBuffer> {
  const { askServer, ...rest } = options;
  if (choice.kind === 'file') return choice.file.arrayBuffer();
  if (choice.kind === 'address') return fetchModel(choice.url, rest);
  return fetchModel(urlOf(routes.downloadModel, { name: choice.name }), { ...rest, ask: askServer });
}

/** Identifies a model, as a list key and to recognise the loaded one. */
export function keyOf(choice: ModelChoice): string {
  if (choice.kind === 'served') return `served ${choice.name}`;
  if (choice.kind === 'address') return `address ${choice.url}`;
  return `file ${choice.name} ${choice.file.size} ${choice.file.lastModified}`;
}

/**
 * The model at a URL, named by the last part of its path.
 * @throws PageError if it is not an HTTP URL.
 */
export function choiceOfAddress(text: string): ModelChoice {
  if (!URL.canParse(text, document.baseURI)) throw new PageError('notAddress', { text });
  const url = new URL(text, document.baseURI);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new PageError('notHttp', { protocol: url.protocol });
  }
  const file = decodeURIComponent(url.pathname.split('/').at(-1) ?? '');
  return { kind: 'address', name: file.replace(/\.safetensors$/, '') || url.host, url: url.href };
}
