import { JsonBytes } from './bytes.ts';

/** A value in memory as the bytes of its JSON, to be read by the parsers of files. */
export function jsonBytesOf(value: unknown): JsonBytes {
  const text = Buffer.from(JSON.stringify(value, withPlainArrays) ?? 'null');
  const json = new JsonBytes();
  // The parsers expect a byte after the end.
  json.bytes = Buffer.concat([text, Buffer.alloc(1)]);
  json.end = text.length;
  json.final = true;
  return json;
}

/** A replacer: JSON.stringify writes typed arrays as objects. */
export function withPlainArrays(_: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
    ? Array.from(value as unknown as ArrayLike<number>)
    : value;
}
