import { describe, expect, it } from 'vitest';
import { storageOf, torchGlobal } from '../torch/globals.ts';
import { unpickle } from './unpickle.ts';
import { PickleProblem, PickleTruncated, type PickleValue } from './values.ts';

/** Bytes of a pickle from opcodes (numbers) and their arguments (texts, byte by byte). */
function pickle(...parts: (number | string)[]): Uint8Array {
  const bytes = parts.flatMap((part) =>
    typeof part === 'number' ? [part] : [...Buffer.from(part, 'latin1')],
  );
  return Uint8Array.from([0x80, 2, ...bytes]);
}

const host = { globalNamed: torchGlobal, persistentLoad: storageOf };
const load = (...parts: (number | string)[]): PickleValue => unpickle(pickle(...parts), host).value;

describe('unpickle', () => {
  it.each<[string, string, unknown]>([
    // pickle.dumps(value, protocol=2)[2:] by CPython.
    ['integers', 'K\x05.', 5],
    ['negative integers', 'J\xff\xff\xff\xff.', -1],
    ['long integers', '\x8a\x05\x00\x00\x00\x00\x01.', 2 ** 32],
    ['integers beyond 2^53', '\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01.', 2n ** 64n],
    ['floats', 'G?\xf8\x00\x00\x00\x00\x00\x00.', 1.5],
    ['text', 'X\x03\x00\x00\x00\xc3\xa9!q\x00.', 'é!'],
    ['None', 'N.', null],
    ['lists in tuples', ']q\x00(K\x01\x88e\x85q\x01.', [[1, true]]],
    ['dicts', '}q\x00X\x01\x00\x00\x00aq\x01K\x01s.', new Map([['a', 1]])],
    [
      'sets, unread',
      'c__builtin__\nset\nq\x00]q\x01(K\x01e\x85q\x02Rq\x03.',
      { kind: 'inert', name: 'builtins.set' },
    ],
  ])('reads %s', (_, bytes, value) => {
    expect(load(bytes)).toEqual(value);
  });

  it('gives the offset after the pickle', () => {
    const bytes = Uint8Array.from([...pickle('N.'), ...pickle('\x88.')]);
    const first = unpickle(bytes, host);
    expect(first).toEqual({ value: null, end: 4 });
    expect(unpickle(bytes, host, first.end)).toEqual({ value: true, end: 8 });
  });

  it('refuses what could only do harm, by name', () => {
    const names = [
      'os system',
      'posix system',
      'nt system',
      'subprocess Popen',
      'builtins eval',
      'builtins getattr',
    ];
    names.push('torch.storage _load_from_bytes', 'torch load', 'functools partial', 'torch.hub load');
    names.push('torch.jit._script unpackage_script_module', 'importlib import_module', '__builtin__ exec');
    for (const name of names) {
      const [module, member] = name.split(' ') as [string, string];
      const current = { posix: 'os', nt: 'os', __builtin__: 'builtins' }[module] ?? module;
      expect(() => load(`c${module}\n${member}\n.`), name).toThrow(`refuses to load ${current}.${member}`);
    }
  });

  it('keeps everything else that it does not know as a name, with whatever is done to it', () => {
    // The last three are names that a look-up in a plain object would find.
    for (const name of ['__main__ Model', 'numpy ndarray', 'constructor x', '__proto__ x', 'x toString']) {
      const [module, member] = name.split(' ');
      const expected = { kind: 'opaque', name: `${module}.${member}` };
      const object = `c${module}\n${member}\n`;
      expect(load(`${object}.`)).toEqual(expected);
      expect(load(`${object})R}b(K\x01K\x02uK\x03a.`), name).toEqual(expected);
      expect(load(`${object})}\x92.`), name).toEqual(expected);
    }
    expect(load('ccopyreg\n_reconstructor\n(c__main__\nModel\ncbuiltins\nobject\nNtR}b.')).toEqual({
      kind: 'opaque',
      name: '__main__.Model',
    });
  });

  it('does not print control characters out of a file', () => {
    expect(() => load('cos\na\x1b[31m\n.')).toThrow('refuses to load os.a?[31m');
  });

  it('keeps containers that hold themselves', () => {
    const cyclic = load(']q\x00h\x00a.') as PickleValue[];
    expect(cyclic[0]).toBe(cyclic);
  });

  it('reads lists nested 100,000 deep without recursion', () => {
    const bytes = Buffer.concat([pickle(), Buffer.from(`${']'.repeat(100_000)}${'a'.repeat(99_999)}.`)]);
    expect(Array.isArray(unpickle(bytes, host).value)).toBe(true);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['a memo index without a value', 'j\xff\xff\xff\xff.', /recalls memo entry 4294967295/],
    ['protocol 0', Uint8Array.from([0x80, 0]), /protocol 0/],
    ['operations of protocol 0', 'I5\n.', /operation 0x49 at byte 2/],
    ['pops of an empty stack', '0.', /empty stack/],
    ['pops beyond a mark', 'K\x01(0.', /empty stack/],
    ['a tuple without a mark', 't.', /no mark/],
    ['calls of what is no function', ')K\x01R.', /calls/],
    ['calls of data', 'X\x01\x00\x00\x00a)R.', /calls the text a/],
    ['attributes of data', 'K\x01}b.', /sets attributes of 1/],
    ['a key without a value', '}(K\x01u.', /key without a value/],
    ['items of a list', ']K\x01K\x01s.', /sets items of a list/],
    ['a left-over stack', 'NN.', /ends too early/],
    ['text that is not UTF-8', 'X\x01\x00\x00\x00\xff.', /not UTF-8/],
  ])('refuses %s', (_, bytes, message) => {
    const run = () => (typeof bytes === 'string' ? load(bytes) : unpickle(bytes, host));
    expect(run).toThrow(PickleProblem);
    expect(run).toThrow(message);
  });

  it.each([
    ['a text of 4 GiB', 'X\xff\xff\xff\xffab.'],
    ['a text of 2^63 bytes', '\x8d\xff\xff\xff\xff\xff\xff\xff\x7fab.'],
    ['bytes of 4 GiB', 'B\xff\xff\xff\xffab.'],
    ['a missing end', 'N'],
    ['an endless line', 'caaaa'],
  ])('calls %s truncated and reserves nothing', (_, bytes) => {
    expect(() => load(bytes)).toThrow(PickleTruncated);
  });

  it('bounds the number of objects and of operations', () => {
    const many = (text: string, count: number) =>
      unpickle(Buffer.concat([pickle(), Buffer.alloc(count, text)]), host);
    expect(() => many('}', 600_000)).toThrow(/more than 500000 objects/);
    expect(() => many('N0', 6_000_000)).toThrow(/more than 5000000 operations/);
  });

  it('copies no list twice', () => {
    const call = 'ccollections\nOrderedDict\nh\x00\x85R';
    const dicts = load(`(]q\x00(K\x01K\x02\x86K\x03K\x04\x86e0${call}${call}t.`);
    expect(dicts).toEqual([
      new Map([
        [1, 2],
        [3, 4],
      ]),
      new Map(),
    ]);
  });
});

describe('torch objects', () => {
  const storage =
    '(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x06tQ';
  /** A tensor over six elements. */
  const tensor = (offset: string, size: string, stride: string) =>
    `ctorch._utils\n_rebuild_tensor_v2\n(${storage}${offset}${size}${stride}\x89Ntr`.replace(/r$/, 'R.');

  it('reads a window into a storage', () => {
    const view = load(tensor('K\x01', 'K\x02\x85', 'K\x02\x85'));
    expect(view).toMatchObject({ kind: 'tensor', offset: 1, shape: [2], stride: [2] });
    expect(view).toMatchObject({ storage: { key: '0', dtype: 'float32', elements: 6 } });
  });

  it.each<[string, string, RegExp]>([
    ['beyond its storage', tensor('K\x01', 'K\x06\x85', 'K\x01\x85'), /reaches element 7 of a storage of 6/],
    ['with a stride beyond it', tensor('K\x00', 'K\x02\x85', 'K\x06\x85'), /reaches element 7/],
    [
      'of negative size',
      tensor('K\x00', 'J\xff\xff\xff\xff\x85', 'K\x01\x85'),
      /invalid offset, size or stride/,
    ],
    [
      'of negative stride',
      tensor('K\x05', 'K\x02\x85', 'J\xff\xff\xff\xff\x85'),
      /invalid offset, size or stride/,
    ],
    [
      'of negative offset',
      tensor('J\xff\xff\xff\xff', 'K\x01\x85', 'K\x01\x85'),
      /invalid offset, size or stride/,
    ],
    [
      'with too few strides',
      tensor('K\x00', 'K\x01K\x01\x86', 'K\x01\x85'),
      /invalid offset, size or stride/,
    ],
    [
      'of 2^62 elements, expanded',
      tensor('K\x00', 'J\x00\x00\x00\x40J\x00\x00\x00\x40\x86', 'K\x00K\x00\x86'),
      /expands/,
    ],
    ['without a storage', 'ctorch._utils\n_rebuild_tensor_v2\n(NK\x00))tR.', /has no storage/],
  ])('refuses a tensor %s', (_, bytes, message) => {
    expect(() => load(bytes)).toThrow(message);
  });

  it.each<[string, string, RegExp]>([
    ['that is no tuple', 'NQ.', /refuses the persistent object None/],
    [
      'of a module',
      '(X\x06\x00\x00\x00modulectorch\nTensor\nX\x01\x00\x00\x00aX\x01\x00\x00\x00atQ.',
      /the text module/,
    ],
    [
      'of negative length',
      `${storage.replace('K\x06', 'J\xff\xff\xff\xff')}.`,
      /refuses the persistent object/,
    ],
    [
      'of another type',
      `${storage.replace('FloatStorage', 'float32')}.`,
      /storage 0 has torch.float32 for its type/,
    ],
  ])('refuses a persistent id %s', (_, bytes, message) => {
    expect(() => load(bytes)).toThrow(message);
  });
});
