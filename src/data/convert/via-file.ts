import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { InputError, messageOf } from '../../core/errors.ts';
import { parseJson } from '../../core/parse-json.ts';
import { parseAs, readInput, readJsonFile } from '../json/file.ts';

const attributes = z.record(z.string(), z.unknown());

const regionSchema = z.object({ shape_attributes: attributes, region_attributes: attributes.default({}) });

const pictureSchema = z.object({
  filename: z.string(),
  // VIA 1 wrote an object with keys "0", "1", …
  regions: z
    .union([
      z.array(regionSchema),
      z.record(z.string(), regionSchema).transform((regions) => Object.values(regions)),
    ])
    .default([]),
});

const picturesSchema = z.record(z.string(), pictureSchema);

const attributeSchema = z.object({
  type: z.string().optional(),
  // A free-text attribute has none, or "".
  options: z.union([z.record(z.string(), z.string()), z.string()]).optional(),
});

const projectSchema = z.object({
  _via_img_metadata: picturesSchema,
  _via_attributes: z.object({ region: z.record(z.string(), attributeSchema).default({}) }).optional(),
});

const csvColumns = ['filename', 'region_shape_attributes', 'region_attributes'] as const;

export type ViaRegion = z.infer<typeof regionSchema>;
export type ViaPicture = z.infer<typeof pictureSchema>;

export interface ViaFile {
  readonly pictures: readonly ViaPicture[];
  /** Option id → text of each region attribute with a list of options; only known in projects. */
  readonly options: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/**
 * Reads any of the formats that VIA 2 saves (https://www.robots.ox.ac.uk/~vgg/software/via/,
 * `_via_save_project` and `pack_via_metadata` of its source): a project, or annotations exported as JSON or
 * CSV.
 * @throws InputError naming the file and the invalid key or line.
 */
export async function readVia(path: string): Promise<ViaFile> {
  if (path.toLowerCase().endsWith('.csv')) return { pictures: await readCsv(path), options: new Map() };
  const content = await readJsonFile(path, z.record(z.string(), z.unknown()));
  if (!('_via_img_metadata' in content)) {
    return { pictures: Object.values(parseAs(picturesSchema, content, path)), options: new Map() };
  }
  const project = parseAs(projectSchema, content, path);
  const options = new Map<string, ReadonlyMap<string, string>>();
  for (const [name, attribute] of Object.entries(project._via_attributes?.region ?? {})) {
    if (typeof attribute.options === 'object') options.set(name, new Map(Object.entries(attribute.options)));
  }
  return { pictures: Object.values(project._via_img_metadata), options };
}

async function readCsv(path: string): Promise<ViaPicture[]> {
  const content = await readInput(path);
  let rows: Record<string, string>[];
  try {
    rows = parse(content, { bom: true, skip_empty_lines: true, columns: headerOf });
  } catch (error) {
    throw new InputError(path, `expected CSV as VIA exports it (${messageOf(error)})`, { cause: error });
  }
  const pictures = new Map<string, ViaPicture>();
  for (const [index, row] of rows.entries()) {
    const missing = csvColumns.find((column) => row[column] === undefined);
    if (missing !== undefined)
      throw new InputError(path, `expected a column ${missing}, got ${Object.keys(row).join(', ')}`);
    const picture = pictures.get(row.filename) ?? { filename: row.filename, regions: [] };
    pictures.set(row.filename, picture);
    const source = `${path}: row ${index + 1} below the header`;
    const region = {
      shape_attributes: jsonCell(row.region_shape_attributes, `${source}, region_shape_attributes`),
      region_attributes: jsonCell(row.region_attributes, `${source}, region_attributes`),
    };
    // A picture without regions has one row with an empty shape.
    if (Object.keys(region.shape_attributes).length > 0) picture.regions.push(region);
  }
  return [...pictures.values()];
}

/** VIA 1 prefixed the first column's name with #. */
function headerOf(names: string[]): string[] {
  return names.map((name) => name.replace(/^#/, '').trim());
}

function jsonCell(text: string, source: string): Record<string, unknown> {
  return parseAs(attributes, parseJson(source, text), source);
}
