import { stat } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { plural } from '../core/plural.ts';
import { openModelFile } from '../model-file/model-file.ts';
import { writePth } from '../weights/torch/writer.ts';
import { formatBytes } from './format.ts';
import { modelFile, offlineOption } from './model-argument.ts';
import { print } from './output.ts';
import { refuseOverwriting } from './overwrite.ts';

interface ExportOptions {
  model: string;
  to: 'torchvision';
  out: string;
  half?: true;
  offline?: true;
}

/** `mask-rcnn export`: converts a model for other tools. */
export function exportCommand(): Command {
  return new Command('export')
    .summary('convert a model file to weights for other tools')
    .description(
      "Writes a model's weights as a .pth that `torch.load` reads: a state_dict under torchvision's names, which the " +
        'torchvision model of the same structure loads with strict=True.',
    )
    .requiredOption('-m, --model <name|file>', 'a name that `mask-rcnn models` lists, or a model file')
    .addOption(new Option('--to <tool>', 'target tool').choices(['torchvision']).default('torchvision'))
    .requiredOption('-o, --out <file>', 'the file to write (.pth)')
    .option('--half', 'store float16')
    .addOption(offlineOption())
    .addHelpText('after', '\nExample:\n  mask-rcnn export --model cells.safetensors --out cells.pth')
    .action(exportAction);
}

async function exportAction({ model, out, half, offline }: ExportOptions): Promise<void> {
  const path = await modelFile(model, offline);
  await refuseOverwriting([{ option: '--out', path: out }], [path]);
  const { weights } = await openModelFile(path);
  try {
    await writePth(out, weights, { dtype: half ? 'float16' : 'float32' });
  } finally {
    await weights.close();
  }
  await print(`${out}: ${plural(weights.keys().length, 'tensor')}, ${formatBytes((await stat(out)).size)}`);
}
