import { checkOptions } from '../../core/options.ts';
import { formatNamed } from '../format-named.ts';
import type { Converter } from './converter.ts';
import { cvat } from './cvat.ts';
import { instancePng } from './instance-png.ts';
import { labelme } from './labelme.ts';
import { maskFolder } from './mask-folder.ts';
import { via } from './via.ts';
import { voc } from './voc.ts';
import { yolo } from './yolo.ts';

/** Every format that `mask-rcnn convert` reads. */
export const converters: readonly Converter[] = [labelme, via, voc, yolo, cvat, maskFolder, instancePng].map(
  refusingUnknown,
);

/**
 * Finds the converter of a format.
 * @throws UsageError listing the formats.
 * @example
 * ```ts
 * import { converterOf, writeCocoDataset } from 'mask-rcnn';
 *
 * const { dataset, skipped } = await converterOf('labelme').convert('labels', { images: 'pictures' });
 * await writeCocoDataset('converted.json', dataset);
 * console.log(skipped);
 * ```
 */
export function converterOf(format: string): Converter {
  return formatNamed('format', format, converters);
}

/** The converter, refusing options that do not exist. */
function refusingUnknown(converter: Converter): Converter {
  return {
    ...converter,
    async convert(input, options) {
      checkOptions('convert', options, {
        images: true,
        category: true,
        label: true,
        split: true,
        onProgress: true,
      });
      return converter.convert(input, options);
    },
  };
}
