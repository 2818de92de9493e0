import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import type { AnyModelConfig } from '../../config/any-config.ts';
import { modelName } from '../../config/model-name.ts';
import type { ModelConfig } from '../../config/schema.ts';
import { plural } from '../../core/plural.ts';
import { sizeOf } from '../../core/tensor.ts';
import { modelKindAt } from '../../import/model-kind.ts';
import { openSemanticFile } from '../../import/semantic-file.ts';
import { maskSide } from '../../model/structure.ts';
import { type ModelCard, storedCard } from '../../model-file/card.ts';
import { formatMetric } from '../../model-file/card-metric.ts';
import { openModelFile } from '../../model-file/model-file.ts';
import { type StoredQuantization, storedQuantization } from '../../model-file/quantization.ts';
import { isCount, type StoredDtype } from '../../weights/elements/dtype.ts';
import type { WeightFile } from '../../weights/weight-file.ts';
import { anyModelFile, offlineOption } from '../options/model-argument.ts';
import { formatBytes, formatTable } from '../terminal/format.ts';
import { writeJson, writeText } from '../terminal/output.ts';

/** The output of `--json`. */
interface ModelInfo {
  path: string;
  /** Bytes. */
  size: number;
  /** Number of elements in all floating-point tensors. */
  parameters: number;
  config: AnyModelConfig;
  /** Null where the file has none. */
  card: ModelCard | null;
  /** Which layers compute with eight bits, and in which steps. Null where none does. */
  quantization: StoredQuantization | null;
  /** What else the file stores. */
  metadata: Record<string, string>;
  tensors: { name: string; dtype: StoredDtype; shape: readonly number[] }[];
}

/** `mask-rcnn info`: the contents of a model file. */
export function infoCommand(): Command {
  return new Command('info')
    .summary('show the contents of a model')
    .description('Prints the architecture, the preprocessing, the thresholds and the categories of a model.')
    .argument('<model>', 'a model file, or a name that `mask-rcnn models` lists')
    .option('--tensors', 'list every tensor with its type and shape')
    .option('--json', 'print the whole configuration and the tensors as JSON')
    .addOption(offlineOption())
    .addHelpText('after', '\nExample:\n  mask-rcnn info cells.safetensors')
    .action(infoAction);
}

interface InfoOptions {
  tensors?: true;
  json?: true;
  offline?: true;
}

async function infoAction(nameOrPath: string, options: InfoOptions): Promise<void> {
  const path = await anyModelFile(nameOrPath, options.offline);
  const info = await readInfo(path);
  if (options.json) return writeJson('-', info, 2);
  await writeText('-', summaryOf(info));
  if (options.tensors) await writeText('-', `\n${tensorTable(info)}`);
}

async function readInfo(path: string): Promise<ModelInfo> {
  const isFcn = (await modelKindAt(path)) === 'fcn';
  const { config, weights } = await (isFcn ? openSemanticFile(path) : openModelFile(path));
  try {
    const { config: _config, card: _card, quantization: _steps, ...metadata } = weights.metadata;
    const tensors = weights.keys().map((name) => describeTensor(weights, name));
    const parameters = tensors
      .filter(({ dtype }) => !isCount(dtype))
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    return {
      ...{ path, size: (await stat(path)).size, parameters, config, metadata, tensors },
      ...{ card: storedCard(weights), quantization: storedQuantization(weights) },
    };
  } finally {
    await weights.close();
  }
}

function describeTensor(weights: WeightFile, name: string): ModelInfo['tensors'][number] {
  return { name, dtype: weights.dtypeOf(name), shape: weights.shapeOf(name) };
}

function summaryOf(info: ModelInfo): string {
  const { path, size, parameters, config, card, quantization, metadata, tensors } = info;
  const { backbone, preprocess, categories } = config;
  const types = [...new Set(tensors.map(({ dtype }) => dtype))].join(', ');
  const rows = [
    ...(card ? cardRows(card) : []),
    ['file', `${path} (${formatBytes(size)}, ${types})`],
    ['model', config.kind === 'fcn' ? 'FCN (a class for every pixel)' : modelName(config)],
    ['parameters', `${(parameters / 1e6).toFixed(1)} million in ${plural(tensors.length, 'tensor')}`],
    ...(quantization ? [['eight bits', plural(Object.keys(quantization.layers).length, 'layer')]] : []),
    [
      'backbone',
      `${backbone.name}, width ${backbone.width}, ${backbone.norm.kind} (eps ${backbone.norm.eps})`,
    ],
    ...(config.kind === 'fcn'
      ? [['auxiliary head', config.auxiliary ? 'on C4, for training' : 'none']]
      : detectorRows(config)),
    [
      'input',
      `shorter side ${preprocess.minSize}, longer ≤ ${preprocess.maxSize}; mean ${preprocess.mean.join(' ')}; std ${preprocess.std.join(' ')}`,
    ],
    ['categories', `${categories.length}: ${categories.map(({ id, name }) => `${id} ${name}`).join(', ')}`],
    ...Object.entries(metadata),
  ];
  return formatTable(rows);
}

function cardRows({ description, trainedOn, licence, metrics }: ModelCard): string[][] {
  return [
    ['about', description.en],
    ['trained on', trainedOn.en],
    ...metrics.map((metric) => ['measured', formatMetric(metric)]),
    ['licence', licence],
  ];
}

function detectorRows(config: ModelConfig): string[][] {
  const { structure, fpn, rpn, box, mask, keypoint, defaultScore } = config;
  return [
    structure === 'fpn'
      ? ['FPN', `${plural(fpn.channels, 'channel')}, ${normName(fpn.norm)}`]
      : ['structure', structure.toUpperCase()],
    [
      'RPN',
      `${plural(rpn.convolutions, 'convolution')}, ${rpn.preNmsTopN} → ${rpn.postNmsTopN} proposals, NMS ${rpn.nmsThreshold}`,
    ],
    ['anchors', `sizes ${levels(rpn.anchors.sizes)}; ratios ${levels(rpn.anchors.aspectRatios)}`],
    [
      'box head',
      `${headName(box.head)}, score ≥ ${box.scoreThreshold}, NMS ${box.nmsThreshold}${box.nmsOverlap === 'smaller' ? ' of the smaller box' : ''}, ≤ ${box.detectionsPerImage} detections`,
    ],
    ...(mask
      ? [
          [
            'mask head',
            `${plural(mask.convolutions.length, 'convolution')}, ${normName(mask.norm)}, ${mask.output}, ${maskSide({ ...config, mask })}×${maskSide({ ...config, mask })}${mask.rescore ? ', rescores' : ''}`,
          ],
        ]
      : []),
    ...(keypoint
      ? [
          [
            'keypoint head',
            `${plural(keypoint.convolutions.length, 'convolution')}, ${plural(keypoint.names.length, 'keypoint')}: ${keypoint.names.join(', ')}`,
          ],
        ]
      : []),
    ['shows', `instances with a score ≥ ${defaultScore} by default`],
  ];
}

function normName({ kind, groups }: ModelConfig['fpn']['norm']): string {
  if (kind === 'none') return 'no normalisation';
  return groups === undefined ? kind : `${kind} (${plural(groups, 'group')})`;
}

function headName({ convolutions, fullyConnected }: ModelConfig['box']['head']): string {
  const before = convolutions.length > 0 ? `${plural(convolutions.length, 'convolution')}, ` : '';
  if (fullyConnected.length === 0) return 'the last stage of the backbone';
  return `${before}fully connected ${fullyConnected.join(', ')}`;
}

/** A list for each level; a single list if all are equal. */
function levels(lists: readonly (readonly number[])[]): string {
  const texts = lists.map((list) => list.join(' '));
  return new Set(texts).size === 1 ? texts[0] : texts.join(' | ');
}

function tensorTable({ tensors }: ModelInfo): string {
  return formatTable(tensors.map(({ name, dtype, shape }) => [name, dtype, `[${shape.join(', ')}]`]));
}
