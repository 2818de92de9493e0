/**
 * Proves that imports go one way: a folder of `src/` may import only the folders that its row names,
 * a package only where its row allows it, and no file reaches itself through others.
 * Prints each breach and exits 1.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** Folder → the folders it may import, besides itself. Entry files at the top of `src/` may import all. */
const mayImport: Record<string, string[]> = {
  core: [],
  explanation: ['core'],
  ops: ['core'],
  graph: ['core'],
  runtime: ['core'],
  image: ['core'],
  config: ['core'],
  weights: ['core'],
  hub: ['core'],
  'model-file': ['weights', 'config', 'core'],
  data: ['ops', 'image', 'core'],
  model: ['graph', 'ops', 'config', 'core'],
  import: ['model', 'model-file', 'weights', 'config', 'core'],
  predict: [
    'model',
    'model-file',
    'graph',
    'runtime',
    'image',
    'weights',
    'hub',
    'import',
    'explanation',
    'ops',
    'config',
    'core',
  ],
  train: ['model', 'graph', 'runtime', 'data', 'weights', 'ops', 'config', 'core'],
  eval: ['ops', 'core'],
  score: ['eval', 'data', 'ops', 'config', 'core'],
  run: [
    'train',
    'predict',
    'import',
    'model-file',
    'score',
    'eval',
    'data',
    'model',
    'runtime',
    'image',
    'weights',
    'ops',
    'config',
    'core',
  ],
  vis: ['explanation', 'image', 'ops', 'core'],
  server: ['predict', 'run', 'vis', 'hub', 'model-file', 'image', 'config', 'core'],
};

/** Package → the only folders that may import it. */
const packageHome: Record<string, string[]> = {
  'onnxruntime-node': ['runtime'],
  'onnxruntime-web': ['runtime'],
  protobufjs: ['graph'],
  sharp: ['image', 'vis'],
  commander: ['cli'],
  hono: ['server'],
  '@hono/node-server': ['server'],
  '@fastify/busboy': ['server'],
  'prom-client': ['server'],
};

const src = resolve(import.meta.dirname, '../src');
const breaches: string[] = [];
const importsOf = new Map<string, string[]>();

for (const entry of readdirSync(src, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.name.endsWith('.test.ts')) continue;
  const file = join(entry.parentPath, entry.name);
  importsOf.set(file, checkFile(file));
}

function checkFile(file: string): string[] {
  const layer = layerOf(file);
  const local: string[] = [];
  const text = readFileSync(file, 'utf8');
  for (const [, specifier] of text.matchAll(/^(?:import|export)\s(?:[^;]*?\sfrom\s)?['"]([^'"]+)['"]/gm)) {
    if (specifier.startsWith('.')) {
      const target = resolve(dirname(file), specifier);
      local.push(target);
      const allowed = mayImport[layer];
      const used = layerOf(target);
      if (allowed && used !== layer && !allowed.includes(used))
        report(file, `${layer} may not import ${used}`);
    } else {
      const name = specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
      const home = packageHome[name];
      if (home && !home.includes(layer)) report(file, `${name} belongs to ${home.join(', ')} alone`);
    }
  }
  return local;
}

function layerOf(file: string): string {
  const [first, ...rest] = relative(src, file).split(/[\\/]/);
  return rest.length === 0 ? '(entry)' : first;
}

function report(file: string, message: string): void {
  breaches.push(`${relative(process.cwd(), file)}: ${message}`);
}

function findCycle(file: string, path: string[], done: Set<string>): void {
  if (path.includes(file)) {
    const cycle = [...path.slice(path.indexOf(file)), file].map((f) => relative(src, f));
    report(file, `import cycle ${cycle.join(' → ')}`);
    return;
  }
  if (done.has(file)) return;
  for (const next of importsOf.get(file) ?? []) findCycle(next, [...path, file], done);
  done.add(file);
}

const done = new Set<string>();
for (const file of importsOf.keys()) findCycle(file, [], done);

if (breaches.length > 0) {
  console.error(breaches.join('\n'));
  process.exit(1);
}
console.log(`layers: ${importsOf.size} files, imports go one way`);
