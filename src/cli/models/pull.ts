import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import { findPublished } from '../../hub/published.ts';
import { shippedModels, unknownModel } from '../../hub/resolve-model.ts';
import { modelFile, offlineOption } from '../options/model-argument.ts';
import { print, writeJson } from '../terminal/output.ts';

/** `mask-rcnn pull`: prepares a published model for use without the network. */
export function pullCommand(): Command {
  return new Command('pull')
    .summary('download a published model')
    .description(
      'Downloads a published model into the cache, verifies its checksum and converts it. An interrupted download ' +
        'is resumed. Prints the path of the model file.',
    )
    .argument('<name>', 'name of a published model (mask-rcnn models lists them)')
    .addOption(offlineOption())
    .option('--json', 'print {"name", "path", "size"} instead of the path')
    .addHelpText('after', '\nExample:\n  mask-rcnn pull maskrcnn_resnet50_fpn_v2_coco')
    .action(pullAction);
}

async function pullAction(name: string, options: { offline?: true; json?: true }): Promise<void> {
  const shipped = (await shippedModels()).some((model) => model.name === name);
  if (!shipped && !findPublished(name)) throw await unknownModel(name);
  const path = await modelFile(name, options.offline);
  const { size } = await stat(path);
  if (options.json) await writeJson('-', { name, path, size });
  else await print(`${path}`);
}
