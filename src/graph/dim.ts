/**
 * Extents of tensor axes. A number is known while the graph is built; a symbolic extent is known only when
 * a picture arrives, and is a linear form of symbols: `32*h`, `n2+n3+1`. A network whose strides divide the
 * multiples gets exact shapes: half of `32*h` is `16*h`, so that adding two feature maps can be verified.
 */
export type Dim = number | SymbolicDim;

export interface SymbolicDim {
  /** Symbol → its integer factor, never zero. */
  readonly terms: ReadonlyMap<string, number>;
  readonly constant: number;
}

export type Shape = readonly Dim[];

/** Values of symbols. */
type Symbols = ReadonlyMap<string, number>;

/** Symbols that stand for a quotient or a product → its value. The name states the whole expression. */
const definitions = new Map<string, (symbols: Symbols) => number>();

function defined(name: string, value: (symbols: Symbols) => number): Dim {
  definitions.set(name, value);
  return symbol(name);
}

/** The extent `multiple * name`, for a name unknown until run time. */
export function symbol(name: string, multiple = 1): Dim {
  return linear(new Map([[name, multiple]]), 0);
}

export function addDims(a: Dim, b: Dim): Dim {
  const terms = new Map(termsOf(a));
  for (const [name, factor] of termsOf(b)) terms.set(name, (terms.get(name) ?? 0) + factor);
  return linear(terms, constantOf(a) + constantOf(b));
}

export function scaleDim(dim: Dim, factor: number): Dim {
  const terms = [...termsOf(dim)].map(([name, f]): [string, number] => [name, f * factor]);
  return linear(new Map(terms), constantOf(dim) * factor);
}

/**
 * ⌊dim / divisor⌋: exact if the divisor divides every factor, otherwise a new symbol named after the
 * quotient.
 */
export function floorDivideDim(dim: Dim, divisor: number): Dim {
  const terms = [...termsOf(dim)];
  if (terms.every(([, factor]) => factor % divisor === 0)) {
    const divided = terms.map(([name, factor]): [string, number] => [name, factor / divisor]);
    return linear(new Map(divided), Math.floor(constantOf(dim) / divisor));
  }
  return defined(`floor((${printDim(dim)})/${divisor})`, (symbols) =>
    Math.floor(extentOf(dim, symbols) / divisor),
  );
}

/** Whether an extent is a multiple of `divisor` for all values of its symbols. */
export function isMultiple(dim: Dim, divisor: number): boolean {
  return [constantOf(dim), ...termsOf(dim).values()].every((factor) => factor % divisor === 0);
}

/**
 * The product. That of two symbolic extents becomes a symbol of its own, `(h)*(w)`, after common factors are
 * taken out, so that equal products are equal regardless of the order of their factors.
 */
export function multiplyDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number') return scaleDim(b, a);
  if (typeof b === 'number') return scaleDim(a, b);
  const [contentA, contentB] = [commonFactor(a), commonFactor(b)];
  const factors = [...factorsOf(a, contentA), ...factorsOf(b, contentB)].sort();
  const name = factors.map((factor) => `(${factor})`).join('*');
  const content = contentA * contentB;
  const product = defined(name, (symbols) => (extentOf(a, symbols) * extentOf(b, symbols)) / content);
  return scaleDim(product, content);
}

/** The greatest common divisor of all coefficients of a form. */
function commonFactor({ terms, constant }: SymbolicDim): number {
  const gcd = (x: number, y: number): number => (y === 0 ? Math.abs(x) : gcd(y, x % y));
  return [...terms.values()].reduce(gcd, constant);
}

/** The factors of a form divided by its content, printed: those of a product, or the form itself. */
function factorsOf(dim: SymbolicDim, content: number): string[] {
  const text = printDim(floorDivideDim(dim, content));
  if (dim.constant !== 0 || dim.terms.size > 1 || !text.startsWith('(')) return [text];
  const factors: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(' && depth++ === 0) start = i + 1;
    if (text[i] === ')' && --depth === 0) factors.push(text.slice(start, i));
  }
  return factors;
}

/** The values of a shape's symbols, given its extents; only symbols that are alone in an axis. */
export function solveShape(shape: Shape, extents: readonly number[]): Map<string, number> {
  const symbols = new Map<string, number>();
  shape.forEach((dim, axis) => {
    const terms = [...termsOf(dim)];
    if (terms.length === 1) symbols.set(terms[0][0], (extents[axis] - constantOf(dim)) / terms[0][1]);
  });
  return symbols;
}

/** The extents of a shape; null if one of its symbols is unknown. */
export function extentsOf(shape: Shape, symbols: Symbols): number[] | null {
  const extents = shape.map((dim) => extentOf(dim, symbols));
  return extents.some(Number.isNaN) ? null : extents;
}

/** NaN if a symbol is unknown. */
function extentOf(dim: Dim, symbols: Symbols): number {
  let extent = constantOf(dim);
  for (const [name, factor] of termsOf(dim)) {
    extent += factor * (symbols.get(name) ?? definitions.get(name)?.(symbols) ?? Number.NaN);
  }
  return extent;
}

export function sameDim(a: Dim, b: Dim): boolean {
  return printDim(a) === printDim(b);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => sameDim(dim, b[axis]));
}

/** Canonical form: `7`, `32*h`, `n2+n3-1`. Equal extents print equally. */
export function printDim(dim: Dim): string {
  if (typeof dim === 'number') return String(dim);
  const terms = [...dim.terms]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, factor]) => (factor === 1 ? name : `${factor}*${name}`));
  if (dim.constant !== 0) terms.push(String(dim.constant));
  return terms.join('+').replaceAll('+-', '-');
}

export function printShape(shape: Shape): string {
  return `[${shape.map(printDim).join(', ')}]`;
}

function linear(terms: Map<string, number>, constant: number): Dim {
  for (const [name, factor] of terms) if (factor === 0) terms.delete(name);
  return terms.size === 0 ? constant : { terms, constant };
}

function termsOf(dim: Dim): ReadonlyMap<string, number> {
  return typeof dim === 'number' ? new Map() : dim.terms;
}

function constantOf(dim: Dim): number {
  return typeof dim === 'number' ? dim : dim.constant;
}
