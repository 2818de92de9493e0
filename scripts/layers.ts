/**
 * `npm run layers` writes docs/layers.md: the rooms of `src/` and what they import, as dependency-cruiser sees them.
 * With `--check` it writes nothing and exits with 1 if the page is out of date.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs', 'layers.md');

interface Cruise {
  modules: { source: string; dependencies: { resolved: string }[] }[];
}

/** Room → the rooms that it imports. Entry files count as rooms. */
function importsOfRooms(): Map<string, Set<string>> {
  const args = ['src', '--include-only', '^src/', '--exclude', String.raw`\.test\.ts$|^test/`, '-T', 'json'];
  const bin = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 } as const;
  const { modules } = JSON.parse(execFileSync(process.execPath, [bin, ...args], options)) as Cruise;
  const imports = new Map<string, Set<string>>();
  for (const { source, dependencies } of modules) {
    const room = roomOf(source);
    if (!imports.has(room)) imports.set(room, new Set());
    for (const { resolved } of dependencies) {
      const other = roomOf(resolved);
      if (other !== room) imports.get(room)?.add(other);
    }
  }
  return imports;
}

/** `src/ops/nms.ts` → `ops`, `src/index.ts` → `index.ts` */
function roomOf(path: string): string {
  return path.split('/')[1];
}

/** The imports that no longer chain of imports implies. */
function withoutImplied(imports: ReadonlyMap<string, ReadonlySet<string>>): [string, string][] {
  const reaches = (from: string, to: string): boolean =>
    [...(imports.get(from) ?? [])].some((next) => next === to || reaches(next, to));
  return [...imports].flatMap(([room, others]) =>
    [...others]
      .filter((other) => ![...others].some((next) => next !== other && reaches(next, other)))
      .map((other): [string, string] => [room, other]),
  );
}

function describe(imports: ReadonlyMap<string, ReadonlySet<string>>): string {
  const rooms = [...imports.keys()].sort();
  const arrows = withoutImplied(imports)
    .map(([from, to]) => `  ${from} --> ${to}`)
    .sort();
  const rows = rooms.map((room) => `| \`${room}\` | ${[...(imports.get(room) ?? [])].sort().join(' · ')} |`);
  return `# The layers of \`src/\`

Written by \`npm run layers\` from what dependency-cruiser finds; \`npm run check\` fails if it is out of date. The rules
themselves are in \`.dependency-cruiser.mjs\`. [how-it-works.md](how-it-works.md) says what is in each room.

Imports go downwards. An arrow is left out where longer ones lead to the same room.

\`\`\`mermaid
flowchart TD
${arrows.join('\n')}
\`\`\`

| room | imports |
|---|---|
${rows.join('\n')}
`;
}

const text = describe(importsOfRooms());
if (!process.argv.includes('--check')) writeFileSync(page, text);
else if (readFileSync(page, 'utf8') !== text) {
  console.error('docs/layers.md is out of date: run `npm run layers`');
  process.exitCode = 1;
}
