import { defaultEps } from '../config/schema.ts';
import type { SemanticConfig } from '../config/semantic.ts';
import { UsageError } from '../core/errors.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { type Dim, symbol } from '../graph/dim.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { isResNet } from './backbone.ts';
import { conv, convNorm, extent } from './layers.ts';
import { chosenLikelihoodLoss } from './losses.ts';
import { residualStage } from './residual-stage.ts';
import { resnetStem } from './resnet.ts';
import { semanticScopes } from './weight-names.ts';

/** The stride of FCN's dilated backbone. Height and width of the network's input are multiples of it. */
export const semanticStride = 8;

/** Weight of the auxiliary head's loss (torchvision's recipe). */
const auxiliaryWeight = 0.5;

/** The heads' logits at an eighth of the input's size, `[N, classes, h, w]`. */
interface SemanticLogits {
  out: Value;
  /** Null if the configuration has no auxiliary head. */
  aux: Value | null;
}

/**
 * FCN (Long et al. 2015) as torchvision builds `fcn_resnet50`: a ResNet whose last two stages are dilated instead of
 * strided, so that C5 stays at stride 8, and a head of a 3×3 and a 1×1 convolution.
 * @param image `[N, 3, 8·h, 8·w]`
 * @throws UsageError if the backbone is not a ResNet.
 */
function semanticLogits(g: GraphBuilder, image: Value, config: SemanticConfig): SemanticLogits {
  const { backbone, auxiliary, categories } = config;
  if (!isResNet(backbone)) throw new UsageError(`FCN needs a ResNet as its backbone, not ${backbone.name}`);
  const stage = { config: backbone, prefix: semanticScopes.backbone };
  const c2 = residualStage(g, resnetStem(g, image, backbone, semanticScopes.backbone), {
    ...stage,
    index: 1,
    stride: 1,
  });
  const c3 = residualStage(g, c2, { ...stage, index: 2, stride: 2 });
  // As in torchvision's `replace_stride_with_dilation`, a stage's first block has the dilation of the previous stage.
  const c4 = residualStage(g, c3, { ...stage, index: 3, stride: 1, dilation: 2, firstDilation: 1 });
  const c5 = residualStage(g, c4, { ...stage, index: 4, stride: 1, dilation: 4, firstDilation: 2 });
  return {
    out: head(g, c5, semanticScopes.main, categories.length),
    aux: auxiliary ? head(g, c4, semanticScopes.auxiliary, categories.length) : null,
  };
}

/** torchvision's `FCNHead`, without its dropout, which is number 3. */
function head(g: GraphBuilder, x: Value, scopes: { head: string; logits: string }, classes: number): Value {
  const normalisation = { kind: 'batchNorm', eps: defaultEps } as const;
  const names = { conv: `${scopes.head}.0`, norm: `${scopes.head}.1` };
  const inner = convNorm(g, x, names, { channels: extent(x, 1) / 4, kernel: 3, normalisation });
  return conv(g, g.relu(inner), scopes.logits, { channels: classes, kernel: 1 });
}

/** `image` `[1, 3, 8·h, 8·w]` → `logits` `[1, classes, h, w]`; the host upsamples them to the picture. */
export function semanticGraph(config: SemanticConfig): Graph {
  const g = new GraphBuilder('semantic');
  return g.build({ logits: semanticLogits(g, imageInput(g, 1), config).out });
}

/** The weights of FCN, including those of the auxiliary head: state_dict name → shape. */
export function semanticWeights(config: SemanticConfig): Map<string, readonly number[]> {
  const { weights } = semanticTrainingGraph(config);
  return new Map(weights.map(({ name, shape }) => [name, shape as readonly number[]]));
}

/**
 * `image` `[N, 3, 8·h, 8·w]` and the true classes → `loss_semantic` and, with the auxiliary head, half of that head's
 * loss as `loss_auxiliary`: the softmax cross-entropy (torch `cross_entropy` of the upsampled logits), averaged over
 * the pixels whose class is known.
 *
 * Further inputs: `pixels` `[V]` int64, positions of the true classes in the flattened `[N, classes, 8·h, 8·w]`, and
 * `pixel_weights` `[V, 1]`, 1/V.
 */
export function semanticTrainingGraph(config: SemanticConfig, pictures: Dim = symbol('n')): Graph {
  const g = new GraphBuilder('semanticTraining');
  const { out, aux } = semanticLogits(g, imageInput(g, pictures), config);
  const pixels = g.input('pixels', [symbol('pixels')], 'int64');
  const weights = g.input('pixel_weights', [pixels.shape[0], 1]);
  const loss = (logits: Value) => {
    const enlarged = g.upsampleBilinear(logits, semanticStride);
    return chosenLikelihoodLoss(g, g.apply('logSoftmax', [enlarged], { axis: 1 }), pixels, weights);
  };
  return g.build({
    loss_semantic: loss(out),
    ...(aux ? { loss_auxiliary: g.affine(loss(aux), auxiliaryWeight) } : {}),
  });
}

function imageInput(g: GraphBuilder, pictures: Dim): Value {
  return g.input('image', [pictures, 3, symbol('h', semanticStride), symbol('w', semanticStride)]);
}
