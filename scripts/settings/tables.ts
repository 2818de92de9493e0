import { type Field, isNullable, type Schema, withoutNull } from './fields.ts';

/** A table of a page: the fields of one object, or of several that have the same. */
interface Section {
  readonly paths: string[];
  readonly fields: readonly Field[];
}

/** Who gives a value to a field that has no default: whoever writes the configuration, or an architecture. */
export type Giver = 'user' | 'architecture';

/**
 * The settings of a configuration as Markdown: a table of the outermost fields, then one for each object in it.
 * @param shown The objects that earlier tables of the page show, by their fields; those of this one are added.
 */
export function tablesOf(title: string, fields: readonly Field[], giver: Giver, shown: Set<string>): string {
  const sections = [...sectionsOf(fields)].filter(([key]) => !shown.has(key));
  for (const [key] of sections) shown.add(key);
  const tables = sections.map(
    ([, { paths, fields }]) =>
      // Architectures do not fill in the entries of lists.
      `### ${paths.map(code).join(', ')}\n\n${table(fields, paths[0].endsWith('[]') ? 'user' : giver)}`,
  );
  return [`## ${title}\n\n${table(fields, giver)}`, ...tables].join('\n\n');
}

/** The objects in a configuration by their fields, outer before inner; equal ones are one section. */
function sectionsOf(fields: readonly Field[]): Map<string, Section> {
  const sections = new Map<string, Section>();
  const visit = (fields: readonly Field[], path: string) => {
    for (const { name, fields: inner, isList } of fields) {
      if (!inner) continue;
      const own = `${path}${name}${isList ? '[]' : ''}`;
      const key = JSON.stringify(inner);
      const known = sections.get(key);
      if (known) known.paths.push(own);
      else sections.set(key, { paths: [own], fields: inner });
      visit(inner, `${own}.`);
    }
  };
  visit(fields, '');
  return sections;
}

function table(fields: readonly Field[], giver: Giver): string {
  const rows = fields.map((field) => {
    const { name, schema, meaning } = field;
    const values = `${isNullable(schema) ? 'null or ' : ''}${valuesOf(withoutNull(schema))}`;
    return [code(name), values, defaultOf(field, giver), meaning];
  });
  return [['field', 'values', 'default', 'meaning'], ['---', '---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

function valuesOf(schema: Schema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(', ');
  if (schema.anyOf) return schema.anyOf.map(valuesOf).join(' or ');
  if (schema.prefixItems) {
    return `list of ${schema.prefixItems.length}: ${valuesOf(schema.prefixItems[0])}`;
  }
  switch (schema.type) {
    case 'object':
      return 'object';
    case 'array':
      return `list of: ${valuesOf(schema.items as Schema)}`;
    case 'string':
      return 'text';
    case 'boolean':
      return '`true`, `false`';
    case 'integer':
      return rangeOf('whole number', schema);
    default:
      return rangeOf('number', schema);
  }
}

/** `0 ≤ number < 1` */
function rangeOf(noun: string, schema: Schema): string {
  const { minimum, exclusiveMinimum, exclusiveMaximum } = schema;
  // zod's bound of all integers is none to a user.
  const maximum = schema.maximum === Number.MAX_SAFE_INTEGER ? undefined : schema.maximum;
  const isWhole = schema.type === 'integer';
  const least = isWhole && exclusiveMinimum !== undefined ? exclusiveMinimum + 1 : minimum;
  const lower = least === undefined ? exclusiveMinimum : least;
  const above = least === undefined ? '<' : '≤';
  const upper = maximum ?? exclusiveMaximum;
  const below = maximum === undefined ? '<' : '≤';
  if (lower === undefined || lower === Number.MIN_SAFE_INTEGER) return noun;
  if (upper === undefined) return `${noun} ${above === '≤' ? '≥' : '>'} ${lower}`;
  return `${lower} ${above} ${noun} ${below} ${upper}`;
}

function defaultOf({ schema, fields, meaning, isRequired }: Field, giver: Giver): string {
  const value = schema.default;
  if (/\bif omitted\b/i.test(meaning)) return 'see meaning';
  if (isRequired && giver === 'user') return 'required';
  if (fields !== null && value !== null) return 'own table';
  if (value === undefined) return 'by architecture';
  if (typeof value === 'string') return code(value);
  const rounded = JSON.stringify(value, (_, part) =>
    typeof part === 'number' ? Number(part.toPrecision(4)) : part,
  );
  return code(rounded.replaceAll(',', ', '));
}

function code(text: string): string {
  return `\`${text}\``;
}
