const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of UTF-8 bytes. Node's own decoder is the faster one for short texts. */
export function textAt(bytes: Uint8Array, start: number, end: number): string {
  return typeof Buffer !== 'undefined' && bytes instanceof Buffer
    ? bytes.toString('utf8', start, end)
    : decoder.decode(bytes.subarray(start, end));
}
