/** The files of one input, relative to a folder of their own. The reader opens `main`. */
export interface FuzzInput {
  readonly main: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
}

/** An input of a single file. */
export function single(main: string, content: Uint8Array | string): FuzzInput {
  return { main, files: { [main]: typeof content === 'string' ? Buffer.from(content) : content } };
}
