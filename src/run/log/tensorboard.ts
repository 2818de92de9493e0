import { hostname } from 'node:os';
import { join } from 'node:path';
import { eventFilePrefix } from '../folder.ts';
import { openAppended } from './appended-file.ts';
import { crc32c } from './crc32c.ts';
import type { Metrics } from './metric.ts';

export interface TensorBoard {
  write(metrics: Metrics): Promise<void>;
  close(): Promise<void>;
}

/**
 * Creates a TensorBoard event file in a folder. TensorBoard merges the files of a resumed run; the first event of the
 * new one makes it discard earlier data from `fromStep` on, since the run repeats those steps.
 * @throws InputError if the file cannot be written.
 */
export async function openTensorBoard(folder: string, fromStep: number): Promise<TensorBoard> {
  const seconds = Math.floor(Date.now() / 1000);
  const name = `${eventFilePrefix}${String(seconds).padStart(10, '0')}.${hostname()}.${process.pid}`;
  const file = await openAppended(join(folder, name));
  try {
    await file.append(encodeRecord(encodeEvent({ fileVersion: 'brain.Event:2' })));
    if (fromStep > 0) await file.append(encodeRecord(encodeEvent({ step: fromStep, sessionStart: true })));
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    write: ({ step, values }) => file.append(encodeRecord(encodeEvent({ step, values }))),
    close: () => file.close(),
  };
}

/** A TFRecord: the length, its checksum, the data, and the data's checksum. */
function encodeRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedChecksum(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedChecksum(data), true);
  return record;
}

/** TFRecord masks its CRCs: the CRC of a string that contains its own CRC would be degenerate. */
function maskedChecksum(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

interface Event {
  step?: number;
  fileVersion?: string;
  /** Discards data from `step` on in earlier files. */
  sessionStart?: boolean;
  values?: Readonly<Record<string, number>>;
}

/** The protobuf message `tensorflow.Event`. */
function encodeEvent({ step, fileVersion, sessionStart, values }: Event): Uint8Array {
  const time = new Uint8Array(8);
  new DataView(time.buffer).setFloat64(0, Date.now() / 1000, true);
  const parts = [key(1, wire.fixed64), ...time];
  if (step !== undefined) parts.push(key(2, wire.varint), ...varint(step));
  if (fileVersion !== undefined) parts.push(...delimited(3, new TextEncoder().encode(fileVersion)));
  if (values) parts.push(...delimited(5, Object.entries(values).flatMap(encodeValue)));
  // SessionLog { status = START }
  if (sessionStart) parts.push(...delimited(7, [key(1, wire.varint), 1]));
  return Uint8Array.from(parts);
}

/** A `Summary.Value` with `tag` and `simple_value`, encoded as a field of `Summary`. */
function encodeValue([tag, value]: [string, number]): number[] {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return delimited(1, [...delimited(1, new TextEncoder().encode(tag)), key(2, wire.fixed32), ...bytes]);
}

const wire = { varint: 0, fixed64: 1, delimited: 2, fixed32: 5 } as const;

function key(field: number, type: number): number {
  return field * 8 + type;
}

function delimited(field: number, bytes: ArrayLike<number>): number[] {
  return [key(field, wire.delimited), ...varint(bytes.length), ...Array.from(bytes)];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}
