import type { PickleObject, PickleValue } from './values.ts';

/**
 * A class or function that the reader does not know, or what a call of it gives: a date, a path, a NumPy number beside the
 * weights. Only its name is kept; nothing is looked up, imported or called.
 */
export interface PickleOpaque extends PickleObject {
  readonly kind: 'opaque';
  /** `module.name` of the class or function. */
  readonly name: string;
}

export function opaque(name: string): PickleOpaque {
  return { kind: 'opaque', name };
}

export function isOpaque(value: PickleValue): value is PickleOpaque {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'opaque';
}

/** What a call of something unknown gives. `copyreg._reconstructor` makes an object of the class that it gets. */
export function opaqueResult({ name }: PickleOpaque, [first = null]: readonly PickleValue[]): PickleOpaque {
  return name === 'copyreg._reconstructor' && isOpaque(first) ? first : opaque(name);
}

/** Modules that act on the system or load code. */
const suspiciousModules = new Set(
  (
    'os sys subprocess shutil socket runpy importlib imp pty ctypes multiprocessing webbrowser code codeop marshal ' +
    'pickle _pickle dill cloudpickle pip requests urllib http ftplib smtplib asyncio threading _thread signal io _io ' +
    'tempfile pkgutil zipimport timeit pdb bdb doctest commands'
  ).split(' '),
);

/** The same, function by function. */
const suspiciousNames = new Set([
  ...'eval exec compile getattr setattr delattr __import__ open input globals locals vars breakpoint apply execfile'
    .split(' ')
    .map((name) => `builtins.${name}`),
  ...['operator.attrgetter', 'operator.methodcaller', 'functools.partial'],
  ...['torch.load', 'torch.storage._load_from_bytes', 'torch.jit._script.unpackage_script_module'],
]);

/**
 * Whether a pickle that refers to this does something besides holding data when Python loads it. It would not do so here;
 * such a file is refused so that its user learns of it.
 */
export function isSuspicious(fullName: string): boolean {
  const [module] = fullName.split('.');
  const isLoader = /^torch\.(hub|jit|package|serialization\.load|utils\.cpp_extension)/.test(fullName);
  return suspiciousModules.has(module) || suspiciousNames.has(fullName) || isLoader;
}
