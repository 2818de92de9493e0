/** What the shell hands to the views that it loads lazily. */

/** Where pictures are looked at. */
export type Source = 'server' | 'here';

/** Asks the server, with the token where one was given; `path` is like `v1/models`. Throws on no connection alone. */
export type AskServer = (path: string, init?: RequestInit) => Promise<Response>;

export interface ExplorerProps {
  picture: Blob;
  source: Source;
  /** Its name on the server; here, the name of its file or address. */
  model: string;
  /** The model's file, downloaded or from the cache; for `here`. */
  openModel: (signal?: AbortSignal) => Promise<ArrayBuffer>;
  askServer: AskServer;
}

export interface TrainingViewProps {
  /** Whether a server is there to ask; a static page has files alone. */
  hasServer: boolean;
  askServer: AskServer;
}
