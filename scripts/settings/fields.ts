import { join } from 'node:path';
import ts from 'typescript';
import { type ZodType, z } from 'zod';

type SchemaType = 'object' | 'array' | 'string' | 'boolean' | 'number' | 'integer' | 'null';

/** The part of a JSON schema that zod writes for configurations. */
export interface Schema {
  readonly type?: SchemaType | readonly [SchemaType, 'null'];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema | false;
  readonly prefixItems?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly default?: unknown;
}

/** A setting, as its schema and the comment above it describe it. */
export interface Field {
  readonly name: string;
  readonly schema: Schema;
  readonly meaning: string;
  /** The fields of an object, or of the objects in a list; null for other values. */
  readonly fields: readonly Field[] | null;
  readonly isList: boolean;
  readonly isRequired: boolean;
}

/** Where a configuration is declared. */
export interface Source {
  readonly schema: ZodType;
  /** The file, from the repository's root, and the type in it that is inferred from the schema. */
  readonly file: string;
  readonly type: string;
}

/**
 * The settings of configurations, in the order of their declaration.
 * @throws Error that names a setting without a comment.
 */
export function fieldsOf(root: string, sources: readonly Source[]): Field[][] {
  const files = sources.map(({ file }) => join(root, file));
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  // Types of Node are not needed for the settings, and take seconds to read.
  const program = ts.createProgram(files, { ...options, types: [] });
  const checker = program.getTypeChecker();
  return sources.map(({ schema, type }, i) => {
    const source = program.getSourceFile(files[i]);
    const module = source && checker.getSymbolAtLocation(source);
    const symbol = module && checker.getExportsOfModule(module).find(({ name }) => name === type);
    if (!symbol) throw new Error(`${sources[i].file} exports no ${type}`);
    const json = z.toJSONSchema(schema, { io: 'input' }) as Schema;
    return readFields(checker, checker.getDeclaredTypeOfSymbol(symbol), json, type);
  });
}

function readFields(checker: ts.TypeChecker, type: ts.Type, parent: Schema, at: string): Field[] {
  const { properties, required = [] } = parent;
  return Object.entries(properties ?? {}).map(([name, schema]) => {
    const symbol = checker.getPropertyOfType(type, name);
    const comment = symbol?.getDocumentationComment(checker) ?? [];
    const meaning = ts.displayPartsToString(comment).replaceAll(/\s*\n\s*/g, ' ');
    if (!symbol || meaning === '') throw new Error(`${at}.${name} has no comment`);
    const own = withoutNull(schema);
    const isList = own.type === 'array' && own.items !== false && own.items?.properties !== undefined;
    const object = isList ? (own.items as Schema) : own;
    const outer = checker.getNonNullableType(checker.getTypeOfSymbol(symbol));
    const inner = isList ? checker.getIndexTypeOfType(outer, ts.IndexKind.Number) : outer;
    const fields = object.properties && inner ? readFields(checker, inner, object, `${at}.${name}`) : null;
    return { name, schema, meaning, fields, isList, isRequired: required.includes(name) };
  });
}

export function isNullable({ anyOf, type }: Schema): boolean {
  return anyOf !== undefined || Array.isArray(type);
}

/** The schema of a value that may also be null. */
export function withoutNull(schema: Schema): Schema {
  const { anyOf, type } = schema;
  if (typeof type === 'object') return { ...schema, type: type[0] };
  return anyOf?.find(({ type }) => type !== 'null') ?? schema;
}
