/** The props of the lazily loaded views. */

/** Where predictions run. */
export type Source = 'server' | 'here';

/** Sends a request to the server, with the token if there is one; `path` is like `v1/models`. Throws only without a connection. */
export type AskServer = (path: string, init?: RequestInit) => Promise<Response>;

export interface ExplorerProps {
  picture: Blob;
  /** Of the picture's file. */
  name: string;
  source: Source;
  /** The model's name on the server; in the browser, the name of its file or URL. */
  model: string;
  /** Downloads the model's file or reads it from the cache; used with `here`. */
  openModel: (signal?: AbortSignal) => Promise<ArrayBuffer>;
  askServer: AskServer;
}

export interface TrainingViewProps {
  /** False for a static page. */
  hasServer: boolean;
  askServer: AskServer;
}
