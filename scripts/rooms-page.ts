import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';

/** Folder of `src/` → the folders that its files import. */
type Imports = ReadonlyMap<string, ReadonlySet<string>>;

/** The text of docs/rooms.md: a diagram of the folders of `src/`, from what dependency-cruiser finds. */
export async function roomsPage(): Promise<string> {
  const options = await extractDepcruiseOptions('./.dependency-cruiser.mjs');
  const { output } = await cruise(['src'], options);
  const arrows = arrowsOf(importsIn(output as ICruiseResult));
  return `# The rooms of \`src/\`

An arrow from one folder to another says that the first imports the second. Arrows that follow from others are left out:
\`predict\` imports \`core\` too. \`.dependency-cruiser.mjs\` says which imports are allowed. The diagram is drawn from the
imports by dependency-cruiser: \`npm run diagram\`.

\`\`\`mermaid
flowchart TD
${arrows.map(([from, to]) => `  ${from} --> ${to}`).join('\n')}
\`\`\`
`;
}

function importsIn({ modules }: ICruiseResult): Imports {
  const imports = new Map<string, Set<string>>();
  for (const { source, dependencies } of modules) {
    const from = roomOf(source);
    if (!from || source.endsWith('.test.ts')) continue;
    const targets = imports.get(from) ?? new Set();
    imports.set(from, targets);
    for (const { resolved } of dependencies) {
      const to = roomOf(resolved);
      if (to && to !== from) targets.add(to);
    }
  }
  return imports;
}

/** The folder of `src/` that holds a file; undefined for the entry files and outside of `src/`. */
function roomOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

/** The transitive reduction: the fewest arrows that lead to the same rooms. The imports have no cycle. */
function arrowsOf(imports: Imports): [from: string, to: string][] {
  const isImplied = (from: string, to: string) =>
    [...(imports.get(from) ?? [])].some((between) => reaches(between, to, imports));
  return [...imports]
    .flatMap(([from, targets]) => [...targets].map((to): [string, string] => [from, to]))
    .filter(([from, to]) => !isImplied(from, to))
    .sort(([a, b], [c, d]) => a.localeCompare(c) || b.localeCompare(d));
}

function reaches(from: string, to: string, imports: Imports): boolean {
  return [...(imports.get(from) ?? [])].some((next) => next === to || reaches(next, to, imports));
}
