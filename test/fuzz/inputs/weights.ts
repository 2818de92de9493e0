import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { float32Tensor } from '../../../src/core/tensor.ts';
import { writeSafetensors } from '../../../src/weights/safetensors/writer.ts';
import { writePth } from '../../../src/weights/torch/writer.ts';
import { memoryWeights } from '../../../src/weights/weight-file.ts';
import { encodeZip } from '../../../src/weights/zip/writer.ts';
import { type FuzzInput, single } from '../input.ts';
import { byteEdits, editedFiles } from './bytes.ts';
import { editedJson } from './json.ts';

/** Created by a pickle that was executed, in the folder of its input. */
export const canary = 'executed';

const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value | 0);
  return bytes;
};
const op = (code: number, ...parts: Uint8Array[]) => Buffer.concat([Buffer.from([code]), ...parts]);
const text = (value: string) => op(0x58, int32(Buffer.byteLength(value)), Buffer.from(value));
const global = (name: string) => {
  const at = name.lastIndexOf('.');
  return op(0x63, Buffer.from(`${name.slice(0, at)}\n${name.slice(at + 1)}\n`));
};

const names = [
  ...[
    'torch._utils._rebuild_tensor_v2',
    'torch._utils._rebuild_parameter',
    'torch._tensor._rebuild_from_type_v2',
  ],
  ...[
    'torch.FloatStorage',
    'torch.LongStorage',
    'torch.Size',
    'torch.device',
    'collections.OrderedDict',
    'collections.Counter',
  ],
  ...['numpy.core.multiarray._reconstruct', 'numpy._core.multiarray.scalar', 'numpy.dtype', 'numpy.ndarray'],
  ...['_codecs.encode', 'builtins.bytes', 'builtins.set', 'argparse.Namespace'],
];
const evil = [
  'os.system',
  'posix.system',
  'builtins.eval',
  'subprocess.Popen',
  'builtins.getattr',
  'constructor.constructor',
];

const word = fc.oneof(
  fc.constantFrom(
    'storage',
    '0',
    '1',
    'cpu',
    'f4',
    'O8',
    '<',
    'constructor',
    '__proto__',
    'weight',
    'model',
    'state_dict',
  ),
  fc.constantFrom(`touch ${canary}`, 'a\nb\x1b[2J', 'x'.repeat(3000)),
  fc.string({ maxLength: 8 }),
);

/** Single operations, weighted towards those that build and call. */
const operation: fc.Arbitrary<Buffer> = fc.oneof(
  fc.constantFrom(...[0x28, 0x29, 0x5d, 0x7d, 0x4e, 0x88, 0x89, 0x8f].map((code) => op(code))),
  fc.constantFrom(
    ...[0x85, 0x86, 0x87, 0x74, 0x52, 0x62, 0x81, 0x51, 0x73, 0x75, 0x61, 0x65, 0x94].map((code) => op(code)),
  ),
  fc.constantFrom(...[0x30, 0x31, 0x6c, 0x64, 0x90, 0x91, 0x93].map((code) => op(code))),
  fc.nat(255).map((value) => op(0x4b, Buffer.from([value]))),
  fc.oneof(fc.constantFrom(-1, 0, 2 ** 31 - 1), fc.integer()).map((value) => op(0x4a, int32(value))),
  fc.uint8Array({ minLength: 0, maxLength: 12 }).map((bytes) => op(0x8a, Buffer.from([bytes.length]), bytes)),
  fc.double().map((value) => {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    return op(0x47, bytes);
  }),
  word.map(text),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => op(0x43, Buffer.from([bytes.length]), bytes)),
  fc.nat(8).map((index) => op(0x71, Buffer.from([index]))),
  fc.nat(8).map((index) => op(0x68, Buffer.from([index]))),
  fc.constantFrom(...names).map(global),
  fc.constantFrom(...evil).map(global),
);

/** Sequences that mean something: a tensor of a storage, an array with its state, a repeated call. */
const count = fc
  .oneof(fc.nat(9), fc.constantFrom(-1, 2 ** 31 - 1, 65_536))
  .map((value) => op(0x4a, int32(value)));
const tuple = (...parts: Uint8Array[]) => Buffer.concat([op(0x28), ...parts, op(0x74)]);
const storage = fc
  .tuple(fc.constantFrom('torch.FloatStorage', 'torch.LongStorage', 'torch.Size'), word, count)
  .map(([type, key, elements]) =>
    Buffer.concat([tuple(text('storage'), global(type), text(key), text('cpu'), elements), op(0x51)]),
  );
const shape = fc.array(count, { maxLength: 5 }).map((extents) => tuple(...extents));
const tensor = fc
  .tuple(storage, count, shape, shape)
  .map(([data, offset, size, stride]) =>
    Buffer.concat([
      global('torch._utils._rebuild_tensor_v2'),
      tuple(data, offset, size, stride, op(0x89), op(0x4e)),
      op(0x52),
    ]),
  );
const array = fc
  .tuple(shape, word, fc.uint8Array({ maxLength: 64 }))
  .map(([size, dtype, bytes]) =>
    Buffer.concat([
      global('numpy.core.multiarray._reconstruct'),
      tuple(global('numpy.ndarray')),
      op(0x52),
      tuple(
        op(0x4b, Buffer.from([1])),
        size,
        global('numpy.dtype'),
        tuple(text(dtype)),
        op(0x52),
        op(0x89),
        op(0x43, Buffer.from([bytes.length]), bytes),
      ),
      op(0x62),
    ]),
  );
const amplified = fc
  .tuple(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 5000 }))
  .map(([length, times]) => {
    const call = Buffer.concat([global('_codecs.encode'), op(0x68, Buffer.from([0])), op(0x85), op(0x52)]);
    return Buffer.concat([
      text('x'.repeat(length)),
      op(0x71, Buffer.from([0])),
      ...Array<Buffer>(times).fill(call),
    ]);
  });

const entry = fc
  .tuple(word, fc.oneof(tensor, array, amplified, operation))
  .map(([key, value]) => Buffer.concat([text(key), value]));
const statement = fc.oneof(
  { weight: 3, arbitrary: operation },
  { weight: 2, arbitrary: tensor },
  { weight: 2, arbitrary: array },
  { weight: 1, arbitrary: amplified },
  {
    weight: 3,
    arbitrary: fc
      .array(entry, { maxLength: 4 })
      .map((items) => Buffer.concat([op(0x7d), op(0x28), ...items, op(0x75)])),
  },
);
const pickle = fc
  .tuple(fc.constantFrom(2, 3, 4, 5, 9), fc.array(statement, { minLength: 1, maxLength: 12 }))
  .map(([protocol, statements]) =>
    Buffer.concat([op(0x80, Buffer.from([protocol])), ...statements, op(0x2e)]),
  );

async function zipOf(content: Uint8Array): Promise<Buffer> {
  const file = (name: string, bytes: Uint8Array) => ({ name, read: async () => bytes });
  const parts: Uint8Array[] = [];
  for await (const part of encodeZip([
    file('archive/data.pkl', content),
    file('archive/byteorder', Buffer.from('little')),
    file('archive/data/0', Buffer.alloc(64)),
  ]))
    parts.push(part);
  return Buffer.concat(parts);
}

/** Sound files, which are then damaged. */
const folder = mkdtempSync(join(tmpdir(), 'fuzz-weights-'));
const weights = memoryWeights(
  'x',
  new Map([
    ['backbone.body.conv1.weight', float32Tensor([2, 3, 1, 1], new Float32Array(6))],
    ['rpn.bias', float32Tensor([3], new Float32Array(3))],
  ]),
);
await writePth(join(folder, 'a.pth'), weights);
await writeSafetensors(join(folder, 'a.safetensors'), weights, {
  metadata: { config: '{"kind": "detector"}' },
});
const soundPth = readFileSync(join(folder, 'a.pth'));
const soundSafetensors = readFileSync(join(folder, 'a.safetensors'));
const state = { step: 3, best: { step: 2, value: 0.5 }, validationsWithoutGain: 0 };
await writeSafetensors(join(folder, 'checkpoint.safetensors'), weights, {
  metadata: { config: '{"kind": "detector"}', training: '{}', state: JSON.stringify(state) },
});
const soundCheckpoint = readFileSync(join(folder, 'checkpoint.safetensors'));
rmSync(folder, { recursive: true });

/** torch's form before 1.6: magic number, version, system, checkpoint and keys, each a pickle, then the storages. */
const header = soundLegacyHeader();
function soundLegacyHeader(): Buffer {
  const magic = Buffer.from('6cfc9c46f9206aa85019', 'hex');
  const version = Buffer.from([0x80, 2, 0x4d, 0xe9, 0x03, 0x2e]);
  return Buffer.concat([
    Buffer.from([0x80, 2, 0x8a, 10]),
    magic,
    Buffer.from([0x2e]),
    version,
    Buffer.from([0x80, 2, 0x7d, 0x2e]),
  ]);
}

const safetensorsHeader = {
  __metadata__: { config: '{}', format: 'pt' },
  'a.weight': { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
  'a.bias': { dtype: 'I64', shape: [1], data_offsets: [16, 24] },
};
const editedHeader = editedJson([safetensorsHeader]).map((json) => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(24)]);
});

const checkpointState = editedJson([
  state,
  { step: 1, best: { step: 1, ap: 0.1 }, validationsWithoutGain: 1 },
]);
const checkpoint = checkpointState.map((json) => {
  const metadata = { config: '{}', training: '{}', state: json.toString('utf8') };
  const head = Buffer.from(
    JSON.stringify({ __metadata__: metadata, a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(head.length));
  return Buffer.concat([length, head, Buffer.alloc(4)]);
});

/** By the name of the reader that takes them. */
export const weightInputs: Readonly<Record<string, fc.Arbitrary<FuzzInput>>> = {
  pickle: fc
    .tuple(pickle, fc.boolean(), byteEdits)
    .map(([file, damaged, change]) => single('a.pkl', damaged ? change(file) : file)),
  'pth-zip': fc
    .tuple(pickle, fc.boolean(), byteEdits, editedFiles([soundPth]))
    .map(([content, damaged, change, sound]) => ({
      content: damaged ? change(content) : content,
      sound,
      damaged,
    }))
    .map(({ content, sound, damaged }) => ({
      main: damaged ? 'b.pth' : 'a.pth',
      files: { 'b.pth': sound, 'a.pkl': content },
    })),
  'pth-legacy': fc
    .tuple(pickle, pickle, fc.boolean(), byteEdits)
    .map(([content, keys, damaged, change]) =>
      Buffer.concat([header, damaged ? change(content) : content, keys, Buffer.alloc(80)]),
    )
    .map((file) => single('a.pth', file)),
  safetensors: fc
    .oneof(editedHeader, editedFiles([soundSafetensors]))
    .map((file) => single('a.safetensors', file)),
  checkpoint: fc
    .oneof(checkpoint, editedFiles([soundCheckpoint]))
    .map((file) => single('checkpoint.safetensors', file)),
};

/** Packs the pickle of an input of `pth-zip`, which needs a promise. */
export async function packed(input: FuzzInput): Promise<FuzzInput> {
  const content = input.files['a.pkl'];
  if (input.main !== 'a.pth' || content === undefined) return input;
  return { main: 'a.pth', files: { 'a.pth': await zipOf(content) } };
}
