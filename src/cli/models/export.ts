import { stat } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { UsageError } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import { opsets } from '../../graph/onnx/protobuf.ts';
import { openModelFile } from '../../model-file/model-file.ts';
import { writePth } from '../../weights/torch/writer.ts';
import { requireModelOutput } from '../files/output-place.ts';
import { refuseOverwriting } from '../files/overwrite.ts';
import { anyModelFile, modelFile, offlineOption, requiredModelOption } from '../options/model-argument.ts';
import { addPredictionOptions, computeOptionNames, tileOptionNames } from '../options/prediction-options.ts';
import { formatBytes } from '../terminal/format.ts';
import { print } from '../terminal/output.ts';
import { exportOnnx, type OnnxOptions, onnxFlags, refuse } from './export-onnx.ts';

interface ExportOptions extends OnnxOptions {
  to: 'torchvision' | 'onnx';
  offline?: true;
}

/** `mask-rcnn export`: converts a model for other tools. */
export function exportCommand(): Command {
  const command = new Command('export')
    .summary('convert a model file for other tools: torchvision, ONNX')
    .description(
      "To torchvision: a .pth that `torch.load` reads, a state_dict under torchvision's names, which the torchvision " +
        'model of the same structure loads with strict=True. To ONNX: one graph from a picture to its instances.',
    )
    .addOption(requiredModelOption())
    .addOption(new Option('--to <tool>', 'target').choices(['torchvision', 'onnx']).default('torchvision'))
    .requiredOption('-o, --out <file>', 'the file to write (.pth, .onnx)')
    .option('--half, --fp16', 'store weights as float16; ONNX models still compute in float32')
    .addOption(
      new Option('--opset <version>', "onnx: version of ONNX's operators (default: 17)").choices(
        opsets.map(String),
      ),
    )
    .option('--int8', 'onnx: compute with eight bits in the layers that `mask-rcnn quantize` has chosen')
    .option('--paste', 'onnx: also return each mask in the size of the picture')
    .option('--parts', 'onnx: write the networks as separate files NAME-proposals.onnx, NAME-boxes.onnx, …')
    .addOption(offlineOption());
  return addPredictionOptions(command, ['classes', ...computeOptionNames, ...tileOptionNames])
    .addHelpText(
      'after',
      `
The options about predictions are for ONNX, where they become part of the model.

Examples:
  mask-rcnn export --model cells.safetensors --out cells.pth
  mask-rcnn export --model cells.safetensors --to onnx --out cells.onnx --score 0.3`,
    )
    .action(exportAction);
}

async function exportAction({ to, offline, ...options }: ExportOptions): Promise<void> {
  if (to !== 'onnx') {
    refuse(options, onnxFlags, 'needs --to onnx: add it, or leave it out');
    if (/\.onnx$/i.test(options.out))
      throw new UsageError(`--out ${options.out} needs --to onnx: add it, or name a .pth`);
  }
  await requireModelOutput(options.out, ...(to === 'onnx' ? ['.onnx'] : ['.pth', '.pt']));
  const path = await (to === 'onnx' ? anyModelFile : modelFile)(options.model, offline);
  await refuseOverwriting([{ option: '--out', path: options.out }], [path]);
  if (to === 'onnx') {
    for (const file of await exportOnnx(path, options)) await print(`${file}: ${await sizeOf(file)}`);
  } else {
    const tensors = await exportPth(path, options);
    await print(`${options.out}: ${plural(tensors, 'tensor')}, ${await sizeOf(options.out)}`);
  }
}

/** @returns The number of tensors. */
async function exportPth(path: string, { out, fp16 }: Pick<ExportOptions, 'out' | 'fp16'>): Promise<number> {
  const { weights } = await openModelFile(path);
  try {
    await writePth(out, weights, { dtype: fp16 ? 'float16' : 'float32' });
    return weights.keys().length;
  } finally {
    await weights.close();
  }
}

async function sizeOf(path: string): Promise<string> {
  return formatBytes((await stat(path)).size);
}
