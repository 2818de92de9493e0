import { JsonBytes } from './bytes.ts';

/** A value in memory as the bytes of its JSON, to be read by the parsers of files. */
export function jsonBytesOf(value: unknown): JsonBytes {
  const json = new JsonBytes();
  json.take(new TextEncoder().encode(JSON.stringify(value, withPlainArrays) ?? 'null'));
  return json;
}

/** A replacer: JSON.stringify writes typed arrays as objects. */
export function withPlainArrays(_: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
    ? Array.from(value as unknown as ArrayLike<number>)
    : value;
}
