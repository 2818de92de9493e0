import { UsageError } from '../../core/errors.ts';
import type { Converter } from './converter.ts';
import { cvat } from './cvat.ts';
import { instancePng } from './instance-png.ts';
import { labelme } from './labelme.ts';
import { maskFolder } from './mask-folder.ts';
import { via } from './via.ts';
import { voc } from './voc.ts';
import { yolo } from './yolo.ts';

/** Every format that `mask-rcnn convert` reads. */
export const converters: readonly Converter[] = [labelme, via, voc, yolo, cvat, maskFolder, instancePng];

/** @throws UsageError listing the formats. */
export function converterOf(format: string): Converter {
  const found = converters.find((converter) => converter.format === format);
  if (found !== undefined) return found;
  const names = converters.map((converter) => converter.format).join(', ');
  throw new UsageError(`--from: expected one of ${names}, got ${JSON.stringify(format)}`);
}
