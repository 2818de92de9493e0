/**
 * `npm run docs:settings` writes the tables of docs/training-settings.md and docs/model-settings.md from the schemas in
 * `src/config/` and the comments in them. With `--check` it writes nothing and exits with 1 if a page is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelConfigSchema } from '../src/config/schema.ts';
import { semanticConfigSchema } from '../src/config/semantic.ts';
import { runConfigSchema } from '../src/config/training.ts';
import { fieldsOf, type Source } from './settings/fields.ts';
import { type Giver, tablesOf } from './settings/tables.ts';

const root = join(import.meta.dirname, '..');

const configurations: readonly (Source & { page: string; title: string; giver: Giver })[] = [
  {
    page: 'docs/training-settings.md',
    title: 'The run',
    giver: 'user',
    schema: runConfigSchema,
    file: 'src/config/training.ts',
    type: 'RunConfig',
  },
  {
    page: 'docs/model-settings.md',
    title: 'Detectors',
    giver: 'architecture',
    schema: modelConfigSchema,
    file: 'src/config/schema.ts',
    type: 'ModelConfig',
  },
  {
    page: 'docs/model-settings.md',
    title: 'FCN',
    giver: 'architecture',
    schema: semanticConfigSchema,
    file: 'src/config/semantic.ts',
    type: 'SemanticConfig',
  },
];

const fields = fieldsOf(root, configurations);
for (const page of new Set(configurations.map(({ page }) => page))) {
  const shown = new Set<string>();
  const tables = configurations.flatMap((configuration, i) =>
    configuration.page === page ? tablesOf(configuration.title, fields[i], configuration.giver, shown) : [],
  );
  const path = join(root, page);
  const old = readFileSync(path, 'utf8');
  const marked = /(<!-- #region settings -->\n).*(\n<!-- #endregion settings -->)/s;
  if (!marked.test(old)) throw new Error(`${page} has no place for the tables`);
  const text = old.replace(marked, (_, start, end) => `${start}\n${tables.join('\n\n')}\n${end}`);
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (text !== old) {
    process.stderr.write(`${page} is out of date: run \`npm run docs:settings\`\n`);
    process.exitCode = 1;
  }
}
