import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import { modelName } from '../../config/model-name.ts';
import { parseWith } from '../../config/parse.ts';
import { readJson } from '../../core/node/read-json.ts';
import { plural } from '../../core/plural.ts';
import { importWeights } from '../../import/import-weights.ts';
import { modelCardSchema, storedCard } from '../../model-file/card.ts';
import { writeModelFile } from '../../model-file/model-file.ts';
import { roundedWeights, storedQuantization } from '../../model-file/quantization.ts';
import { requireModelOutput } from '../files/output-place.ts';
import { refuseOverwriting } from '../files/overwrite.ts';
import { formatBytes } from '../terminal/format.ts';
import { note, print, writeJson } from '../terminal/output.ts';

interface ImportOptions {
  out: string;
  arch?: string;
  config?: string;
  card?: string;
  half?: true;
  json?: true;
}

/** `mask-rcnn import`: converts weights from other tools to a model file. */
export function importCommand(): Command {
  return new Command('import')
    .summary('convert weights from other tools to a model file')
    .description(
      'Reads the weights of a detection model of torchvision or Detectron2 and writes them, with their configuration, as one ' +
        '.safetensors file. The architecture is recognised from the names and shapes of the tensors. Nothing in ' +
        'the file is executed.',
    )
    .argument(
      '<weights>',
      'a .pth (state_dict, or a checkpoint that holds one), a .pkl of Detectron2, or a .safetensors file',
    )
    .requiredOption('-o, --out <file>', 'the model file to write (.safetensors)')
    .option('--arch <name>', 'the architecture, such as maskrcnn_resnet50_fpn_v2 (default: recognised)')
    .option(
      '--config <file>',
      "settings that the tensors do not determine (sizes, anchors, thresholds, categories): our configuration, or torchvision's keyword arguments, as JSON",
    )
    .option(
      '--card <file>',
      'a model card to store in the file (JSON: description, trainedOn, licence, metrics), shown by `models`, `info` and `serve`',
    )
    .option('--half', 'store float16: half the size, differences in the third digit of a score')
    .option('--json', 'print {"path", "size", "notes", "config"}')
    .addHelpText(
      'after',
      '\nExample:\n  mask-rcnn import cells.pth --config cells.json --out cells.safetensors',
    )
    .action(importAction);
}

async function importAction(path: string, options: ImportOptions): Promise<void> {
  const { arch, config: configFile, out } = options;
  await requireModelOutput(out, '.safetensors');
  await refuseOverwriting([{ option: '--out', path: out }], [path, configFile, options.card]);
  const given =
    options.card === undefined
      ? null
      : parseWith(modelCardSchema, options.card, await readJson(options.card));
  const { config, weights, notes } = await importWeights({ path, arch, configFile });
  try {
    // Of a model file of ours.
    const card = given ?? storedCard(weights);
    const quantization = storedQuantization(weights);
    const int8 = quantization ? await roundedWeights(weights, quantization) : undefined;
    await writeModelFile(out, config, weights, {
      dtype: options.half ? 'float16' : 'float32',
      card,
      quantization,
      ...(int8 && { int8 }),
    });
  } finally {
    await weights.close();
  }
  const { size } = await stat(out);
  if (options.json) return writeJson('-', { path: out, size, notes, config }, 2);
  for (const line of notes) note(`note: ${line}`);
  await print(
    `${out}: ${modelName(config)}, ${config.backbone.name}, ${plural(config.categories.length, 'category')}, ${formatBytes(size)}`,
  );
}
