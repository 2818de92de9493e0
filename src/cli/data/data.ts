import { Command } from 'commander';
import { mergeCommand } from './merge.ts';
import { previewCommand } from './preview.ts';
import { splitCommand } from './split.ts';
import { statsCommand } from './stats.ts';

/** `mask-rcnn data`: tools for COCO data sets. */
export function dataCommand(): Command {
  return new Command('data')
    .summary('split, merge, count or preview data sets')
    .description('Tools for COCO data sets. check-data finds problems, convert changes the format.')
    .addCommand(splitCommand())
    .addCommand(mergeCommand())
    .addCommand(statsCommand())
    .addCommand(previewCommand())
    .addHelpText(
      'after',
      '\nExample:\n  mask-rcnn data split cells.json --out split\n\nEach has its own help: mask-rcnn data split --help',
    );
}
