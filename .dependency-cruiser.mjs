/**
 * The imports that the repository allows; `npm run check` fails on any other. Type-only imports count.
 * There are no exemptions: where a rule is in the way, a concept is in the wrong room.
 */

import { builtinModules } from 'node:module';

/** Room of `src/` → the rooms it may import besides itself. `cli` and the entry files may import all of them. */
const rooms = {
  core: '',
  explanation: 'core',
  ops: 'core',
  graph: 'core',
  runtime: 'config core',
  image: 'core',
  config: 'core',
  weights: 'core',
  hub: 'core',
  'model-file': 'weights config core',
  data: 'ops image core',
  model: 'graph ops config core',
  import: 'model model-file weights config core',
  'onnx-model': 'model graph model-file weights ops config core',
  predict: 'import hub model model-file graph runtime image weights explanation ops config core',
  train: 'model graph runtime data weights ops config core',
  eval: 'ops core',
  score: 'eval data ops config core',
  export: 'data weights image ops core',
  pool: 'predict model-file image ops config core',
  run: 'train predict import score eval data model model-file runtime image weights ops config core',
  quantize: 'predict model-file model graph runtime image weights config core',
  vis: 'eval explanation image ops core',
  queue: 'pool predict hub model-file image config core',
  server: 'queue export pool predict run vis hub model-file image config core',
};

/** Part of a room → the parts of that room that it may import besides itself and the room's own files. */
const parts = {
  'weights/elements': '',
  'weights/pickle': 'elements',
  'weights/zip': '',
  'weights/safetensors': 'elements',
  'weights/numpy': 'pickle elements',
  'weights/torch': 'numpy pickle zip elements',
  'data/json': '',
  'data/coco': 'json',
  'data/sample': 'coco',
  'data/augment': 'sample',
  'data/load': 'augment sample coco',
  'data/check': 'coco',
  'data/convert': 'sample check coco json',
  'data/convert-to': 'convert coco json',
  'data/curate': 'coco',
  'server/api': '',
  'server/work': 'api',
  'server/page': 'api',
  'server/runs': 'api',
  'server/remote': 'work api',
  'server/http': 'remote work page runs api',
  'cli/terminal': '',
  'cli/files': 'terminal',
  'cli/options': 'files terminal',
  'cli/models': 'options files terminal',
  'cli/data': 'options files terminal',
  'cli/serve': 'options files terminal',
  'cli/queue': 'serve options files terminal',
  'cli/predict': 'queue options files terminal',
  'cli/eval': 'queue options files terminal',
};

/** Folder beside `src/` → the folders beside `src/` that it may import besides itself. */
const surroundings = {
  examples: '',
  web: 'examples',
  bench: 'examples',
  ablation: '',
  recipes: '',
  scripts: 'examples',
  docs: '',
};

/** Package → the places that may import it. Tests may import any. */
const packageHomes = {
  'onnxruntime-(common|node|web)': 'src/runtime',
  protobufjs: 'src/graph/onnx',
  sharp: 'src/image src/vis ablation bench recipes examples scripts',
  commander: 'src/cli ablation examples',
  'hono|@hono/node-server|@fastify/busboy|prom-client': 'src/server examples',
  zod: 'src/config src/data/json src/data/convert src/import src/model-file src/queue src/server web/here scripts',
  'fast-png': 'src/data/convert src/data/convert-to src/export src/vis/report',
  'csv-parse|fast-xml-parser|yaml': 'src/data/convert src/data/convert-to',
  'bullmq|ioredis|@aws-sdk/client-s3': 'src/queue',
  'env-paths': 'src/hub',
  fontkitten: 'src/vis',
  'cli-progress|tinyglobby': 'src/cli',
  preact: 'web',
  'vitepress|vue': 'docs',
};

const test = '^test/|\\.test\\.ts$';

/** A pattern of the paths in any of the folders named in `names`. */
const inside = (names, parent = '') => `^${parent}(${names.trim().split(/\s+/).join('|')})/`;

const roomRules = Object.entries(rooms).map(([room, others]) => ({
  name: `room-${room}`,
  comment: `src/${room} may import ${others || 'nothing else of src/'}`,
  severity: 'error',
  from: { path: inside(room, 'src/'), pathNot: test },
  to: { path: '^src/', pathNot: inside(`${room} ${others}`, 'src/') },
}));

const partRules = Object.entries(parts).map(([part, others]) => {
  const [room, name] = part.split('/');
  const all = Object.keys(parts).filter((other) => other.startsWith(`${room}/`));
  const allowed = [name, ...others.split(' ')].map((other) => `${room}/${other}`).join(' ');
  return {
    name: `part-${room}-${name}`,
    comment: `of src/${room}, ${name}/ may import ${others || 'no other part'}`,
    severity: 'error',
    from: { path: inside(part, 'src/'), pathNot: test },
    to: { path: inside(all.join(' '), 'src/'), pathNot: inside(allowed, 'src/') },
  };
});

const surroundingRules = Object.entries(surroundings).map(([folder, others]) => ({
  name: `surroundings-${folder}`,
  comment: `${folder}/ may import src/ ${others}`,
  severity: 'error',
  from: { path: inside(folder), pathNot: test },
  to: { path: inside(Object.keys(surroundings).join(' ')), pathNot: inside(`${folder} ${others}`) },
}));

const packageRules = Object.entries(packageHomes).map(([name, homes]) => ({
  name: `home-of-${name}`,
  comment: `only ${homes} may import ${name}`,
  severity: 'error',
  from: { pathNot: `${inside(homes)}|${test}` },
  to: { path: inside(name, 'node_modules/') },
}));

const forbidden = [
  ...roomRules,
  ...partRules,
  ...surroundingRules,
  ...packageRules,
  {
    name: 'room-without-rule',
    comment: 'every folder of src/ needs a row in `rooms`',
    severity: 'error',
    from: { path: '^src/[^/]+/', pathNot: inside(`cli ${Object.keys(rooms).join(' ')}`, 'src/') },
    to: {},
  },
  {
    name: 'server-sees-only-the-run-folder',
    comment: 'of src/run, the server may import only what describes the folder of a run',
    severity: 'error',
    from: { path: '^src/server/', pathNot: test },
    to: { path: '^src/run/', pathNot: '^src/run/folder\\.ts$' },
  },
  {
    name: 'no-cycle',
    comment: 'a file must not reach itself, not even through types',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-orphan',
    comment: 'a file that neither imports nor is imported',
    severity: 'error',
    from: { orphan: true, pathNot: '\\.d\\.ts$' },
    to: {},
  },
  {
    name: 'tests-only-from-tests',
    comment: 'only tests may import tests and test support',
    severity: 'error',
    from: { pathNot: test },
    to: { path: test },
  },
  {
    name: 'product-stands-alone',
    comment: 'src/ is published without the other folders and without devDependencies',
    severity: 'error',
    from: { path: '^src/', pathNot: test },
    to: { path: inside(Object.keys(surroundings).join(' ')) },
  },
  {
    name: 'product-without-dev-dependencies',
    severity: 'error',
    from: { path: '^src/', pathNot: test },
    // Peers that are optional are installed here to be tested.
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm-peer'] },
  },
  {
    name: 'page-has-one-door',
    comment: 'in web/, only product.ts and the build configuration import src/',
    severity: 'error',
    from: { path: '^web/', pathNot: `^web/(product|vite\\.config)\\.ts$|${test}` },
    to: { path: '^src/' },
  },
  {
    name: 'core-without-node',
    comment: 'the part of core that needs Node is src/core/node/',
    severity: 'error',
    from: { path: '^src/core/', pathNot: `^src/core/node/|${test}` },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'browser-without-node',
    comment: 'nothing that the browser entry reaches may need Node',
    severity: 'error',
    from: { path: '^src/browser\\.ts$|^web/main\\.tsx$' },
    to: {
      reachable: true,
      path: `^node:|^(${builtinModules.join('|')})$|^node_modules/(onnxruntime-node|sharp)/`,
    },
  },
  {
    name: 'unresolvable',
    comment: 'the rules see only what resolves; the examples import the built package by its name',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true, pathNot: '^mask-rcnn(/browser)?$' },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden,
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
