import fc from 'fast-check';
import { byteEdits } from './bytes.ts';

/** JSON texts that readers have stumbled over, or could. */
const hostileTexts = [
  ...[
    '1e16',
    '9007199254740992',
    '-1e300',
    '1e999',
    '-0',
    '1e-320',
    '0.1',
    '-1',
    '4294967296',
    '65537',
    '16777217',
  ],
  ...[
    'NaN',
    'null',
    'true',
    '""',
    '[]',
    '{}',
    '[[]]',
    '[null]',
    '{"constructor": 1}',
    '{"__proto__": {"a": 1}}',
  ],
  ...[
    '"constructor"',
    '"__proto__"',
    '"toString"',
    '"a\\nfatal: forged"',
    '"\\u001b[2J\\u202e"',
    '"\\ud800"',
    '"../../x"',
  ],
  ...[
    '"\\u0000"',
    JSON.stringify('x'.repeat(5000)),
    '['.repeat(300) + ']'.repeat(300),
    `${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`,
  ],
];

const hostile = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...hostileTexts) },
  { weight: 1, arbitrary: fc.double().map((value) => String(value)) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)) },
);

interface Edit {
  /** Chooses a value of the document. */
  readonly at: number;
  readonly kind: 'replace' | 'remove' | 'repeat' | 'rename';
  readonly text: string;
}

const edits = fc.array(
  fc.record({
    at: fc.nat(100_000),
    kind: fc.constantFrom<Edit['kind']>('replace', 'replace', 'replace', 'remove', 'repeat', 'rename'),
    text: hostile,
  }),
  { minLength: 1, maxLength: 4 },
);

type Node = { parent: Record<string, unknown> | unknown[]; key: string | number };

/** Stands for text that is not a value, until the document is written. */
class RawText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

function nodesOf(value: unknown): Node[] {
  if (typeof value !== 'object' || value === null || value instanceof RawText) return [];
  const parent = value as Record<string, unknown> | unknown[];
  const keys = Array.isArray(parent) ? [...parent.keys()] : Object.keys(parent);
  return keys.flatMap((key) => [
    { parent, key },
    ...nodesOf((parent as Record<string | number, unknown>)[key]),
  ]);
}

function changed(document: unknown, { at, kind, text }: Edit): void {
  const nodes = nodesOf(document);
  if (nodes.length === 0) return;
  const { parent, key } = nodes[at % nodes.length];
  const record = parent as Record<string | number, unknown>;
  if (kind === 'replace') record[key] = new RawText(text);
  else if (kind === 'repeat' && Array.isArray(parent)) {
    const item = parent[key as number];
    for (let i = 0; i < at % 40; i++) parent.push(item);
  } else if (kind === 'rename' && !Array.isArray(parent)) {
    record[`key ${text}`] = record[key];
    delete record[key];
  } else if (Array.isArray(parent)) parent.splice(key as number, 1);
  else delete record[key];
}

function written(value: unknown): string {
  if (value instanceof RawText) return value.text;
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([key, field]) => {
      const name = key.startsWith('key "') ? key.slice(4) : JSON.stringify(key);
      return `${name}:${written(field)}`;
    });
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** Documents of a form, with values replaced, removed, repeated or renamed, and sometimes bytes changed. */
export function editedJson(documents: readonly unknown[]): fc.Arbitrary<Buffer> {
  return fc
    .tuple(
      fc.constantFrom(...documents),
      edits,
      fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, byteEdits),
    )
    .map(([document, changes, change]) => {
      const copy = structuredClone(document);
      for (const each of changes) changed(copy, each);
      const bytes = Buffer.from(written(copy));
      return change ? change(bytes) : bytes;
    });
}
