import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { pythonWith } from '../../bench/python.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { parseModelConfig } from '../../src/config/parse.ts';
import { parseSemanticConfig } from '../../src/config/semantic.ts';
import { parseRunConfig } from '../../src/config/training.ts';
import { readOverrides } from '../../src/import/config-file.ts';
import { predictionSchema, problemSchema } from '../../src/server/api/schemas.ts';
import { cliPath } from '../support/built-package.ts';
import { codeBlocks, documentationPages } from '../support/docs-blocks.ts';
import { type DocsProgram, programsOf } from '../support/docs-programs.ts';
import { DocsProject } from '../support/docs-project.ts';
import { type ProgramOutcome, runPrograms } from '../support/run-programs.ts';
import { shellCommands } from '../support/shell-commands.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = documentationPages();
const blocks = pages.flatMap(codeBlocks);
const programs = pages.flatMap((page) => programsOf(codeBlocks(page)));
const scripts = blocks.filter(({ language }) => language === 'sh' || language === 'bash');
const commands = scripts.flatMap(({ place, notRun, text }) =>
  shellCommands(text).map((command) => ({ place, notRun, command, line: command.join(' ') })),
);
const ours = commands.flatMap(({ place, command, line }) => {
  const args = command[0] === 'npx' ? command.slice(1) : command;
  return args[0] === 'mask-rcnn' ? [{ place, line, args: args.slice(1) }] : [];
});
const curls = commands.filter(({ command }) => command[0] === 'curl');
const documents = blocks.filter(({ language }) => language === 'json');

/** Languages of blocks that show output or a diagram. */
const notCode = ['text', 'mermaid'];
/** At most as many blocks may be marked as ones that no test can run. */
const mostNotRun = 12;

describe('the code on the pages', () => {
  it('is of a language that is run, compiled or parsed below', () => {
    const known = ['ts', 'js', 'python', 'csharp', 'sh', 'bash', 'json', 'yaml', ...notCode];
    const others = blocks.filter(({ language }) => !known.includes(language));
    expect(others.map(({ place }) => place)).toEqual([]);
    expect(programs.length).toBeGreaterThan(10);
    expect(ours.length).toBeGreaterThan(20);
  });

  it(`is marked as not run in at most ${mostNotRun} places`, () => {
    const marked = blocks.filter(({ notRun }) => notRun !== null);
    console.log(
      `${blocks.length} blocks of code on ${pages.length} pages, not run:`,
      ...marked.map(({ place, notRun }) => `\n  ${place}: ${notRun}`),
    );
    expect(marked.length).toBeLessThanOrEqual(mostNotRun);
  });

  it('is the same in both languages, but for words', () => {
    for (const page of pages.filter((path) => path.startsWith('docs/zh/') && !path.includes('['))) {
      const kinds = (path: string) => codeBlocks(path).map(({ language, words }) => [language, ...words]);
      expect(kinds(page), page).toEqual(kinds(page.replace('/zh/', '/')));
    }
  });
});

describe('the programs on the pages', () => {
  const project = new DocsProject();
  const node = programs.filter(({ platform }) => platform === 'node');
  const browser = programs.filter(({ platform }) => platform === 'browser');
  let saidInNode: string;
  const fileOf = ({ name }: DocsProgram) => `${name}.ts`;

  beforeAll(async () => {
    await project.writeFixtures();
    for (const program of programs) writeFileSync(project.at(fileOf(program)), program.text);
    saidInNode = await project.compile(node.map(fileOf), 'node');
  });
  afterAll(() => project.remove());

  it('fit the types of the package in Node', () => {
    expect(saidInNode).toBe('');
  });

  it('fit the types of the package in a browser', async () => {
    expect(await project.compile(browser.map(fileOf), 'browser')).toBe('');
  });

  describe('when they run', () => {
    const run = node.filter(({ notRun }) => notRun === null);
    const built = ({ name }: DocsProgram) => `built/${name}.js`;
    let outcomes: Record<string, ProgramOutcome>;

    beforeAll(async () => {
      outcomes = await runPrograms(project.folder, run.map(built));
    });

    it.each(run)('$place ends well', (program) => {
      expect(outcomes[built(program)].failure).toBe(null);
    });
  });
});

describe('the programs that run an exported model', () => {
  const project = new DocsProject();
  const found = /^nucleus \d.*\d/m;
  const blocksIn = (language: string) =>
    blocks.flatMap((block, i) =>
      block.language === language && block.notRun === null ? [{ ...block, file: `${language}-${i}` }] : [],
    );
  const pythonPrograms = blocksIn('python').map((block) => {
    const packages = [...block.text.matchAll(/^(?:import|from) (\w+)/gm)].map(([, name]) => name);
    const python = pythonWith(packages);
    const note = python ? '' : ` (skipped: python3, or PYTHON, lacks one of ${packages.join(', ')})`;
    return { ...block, python, note };
  });

  beforeAll(async () => {
    await project.writeFixtures();
    const small = ['--min-size', '256', '--to', 'onnx', '--out', project.at('cells.onnx')];
    execFileSync(process.execPath, [cliPath, 'export', '--model', 'nuclei', ...small]);
  });
  afterAll(() => project.remove());

  it.each(blocksIn('js'))('$place finds nuclei', { timeout: 120_000 }, async ({ file, text }) => {
    writeFileSync(project.at(`${file}.js`), text);
    const { status, stdout, stderr } = await project.node([`${file}.js`]);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(found);
  });

  for (const { place, note, python, text } of pythonPrograms) {
    it.skipIf(!python)(`${place} finds nuclei${note}`, () => {
      const options = { cwd: project.folder, input: text, encoding: 'utf8' } as const;
      expect(execFileSync(python as string, ['-'], options)).toMatch(found);
    });
  }
});

describe('the commands on the pages', () => {
  it.each(ours)('$place: $line', async ({ args }) => {
    const program = await buildProgram(args);
    let ran = 0;
    for (const command of program.commands.flatMap((each) => [each, ...each.commands])) {
      command.action(() => {
        ran++;
      });
    }
    // Schedulers set these.
    const set = args.map((arg) => arg.replaceAll(/\$SLURM_ARRAY_TASK_\w+/g, '1'));
    await program.parseAsync(set, { from: 'user' });
    expect(ran).toBe(1);
  });

  it('are of this package and this repository, unless marked', () => {
    const { scripts: npmScripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    for (const { place, notRun, line, command } of commands) {
      const [program, first, second] = command;
      if (program === 'npm' && first === 'run') expect(npmScripts, place).toHaveProperty([second]);
      else if (program === 'cp') {
        expect(existsSync(join(root, first.replace('node_modules/mask-rcnn/', ''))), place).toBe(true);
      } else if (program === 'npx' && first === 'tsx')
        expect(existsSync(join(root, second)), place).toBe(true);
      else if (![program, first].includes('mask-rcnn') && program !== 'curl') {
        expect(notRun, `${place}: nothing runs "${line}"`).not.toBe(null);
      }
    }
  });
});

describe('the configurations of other tools on the pages', () => {
  const files = blocks.filter(({ language }) => language === 'yaml');

  it.each(files)('$place can be read, and its commands are those of this package', async ({ text }) => {
    const commands: string[][] = [];
    const look = (value: unknown) => {
      if (typeof value !== 'object' || value === null) return;
      const { command, args } = value as { command?: string[]; args?: string[] };
      if (command?.[0] === 'sh') commands.push(...shellCommands(args?.join(' ') ?? ''));
      else if (command && command[0] !== 'redis-server') commands.push(['mask-rcnn', ...command]);
      Object.values(value).forEach(look);
    };
    look(parse(text, { merge: true }));
    expect(commands.length).toBeGreaterThan(0);
    for (const [name, ...given] of commands) {
      expect(name).toMatch(/(^|\/)mask-rcnn$/);
      const args = given.map((arg) => arg.replaceAll(/\$\(\(.*\)\)/g, '1'));
      const program = await buildProgram(args);
      let ran = 0;
      for (const command of program.commands) command.action(() => void ran++);
      await program.parseAsync(args, { from: 'user' });
      expect(ran).toBe(1);
    }
  });
});

const curl = '/usr/bin/curl';

describe.skipIf(!existsSync(curl))('the requests on the pages (need /usr/bin/curl)', () => {
  const project = new DocsProject();
  let server: ReturnType<typeof spawn>;
  let address: string;

  beforeAll(async () => {
    await project.writeFixtures();
    const models = ['--model', 'nuclei', '--model', project.at('cells.safetensors')];
    server = spawn(process.execPath, [
      cliPath,
      'serve',
      ...models,
      '--port',
      '0',
      '--workers',
      '1',
      '--timeout',
      '120',
    ]);
    address = await new Promise((resolve, reject) => {
      server.stdout?.once('data', (chunk: Buffer) => resolve(String(chunk).trim()));
      server.once('exit', () => reject(new Error('the server ended')));
    });
  });
  afterAll(() => {
    server.kill();
    project.remove();
  });

  it.each(curls)('$place: $line', { timeout: 180_000 }, ({ command }) => {
    const args = command.slice(1).map((arg) => arg.replace('http://127.0.0.1:8080', new URL(address).origin));
    const answer = execFileSync(curl, ['--silent', '--show-error', '--fail-with-body', ...args], {
      cwd: project.folder,
      maxBuffer: 1 << 28,
      encoding: 'utf8',
    });
    const out = args.indexOf('-o');
    expect(out < 0 ? answer : readFileSync(project.at(args[out + 1])).length.toString()).not.toBe('');
  });
});

describe('the JSON on the pages', () => {
  it.each(documents)('$place', ({ text }) => {
    const value = JSON.parse(text);
    if (value.kind === 'fcn') parseSemanticConfig('docs', value);
    else if (value.kind === 'detector') {
      parseModelConfig('docs', value);
      readOverrides('docs', value);
    } else if ('train' in value) parseRunConfig('docs', value);
    else if ('change' in value)
      parseRunConfig('docs', { train: { data: 'a', images: 'b' }, ...value.change });
    else if ('min_size' in value) readOverrides('docs', value);
    else if ('results' in value) predictionSchema.parse(value);
    else problemSchema.parse(value);
  });
});
