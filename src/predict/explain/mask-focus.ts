import type { MaskConfig, RoiPoolConfig } from '../../config/schema.ts';
import type { Float32Tensor } from '../../core/tensor.ts';
import type { MaskFocus } from '../../explanation/mask-focus.ts';
import type { PlainBox } from '../../explanation/plain.ts';
import type { TrainingView } from '../../explanation/training.ts';
import type { Size } from '../../ops/boxes.ts';
import { maskTargets } from '../../ops/mask-targets.ts';
import { pasters } from '../../ops/pasters.ts';
import { rleArea } from '../../ops/rle/measure.ts';
import type { Rle } from '../../ops/rle/rle.ts';
import type { Session } from '../../runtime/runtime.ts';
import { type Features, roisByLevel } from '../graph-stages.ts';
import { type MaskOutput, maskOutputs } from './mask-shares.ts';
import { plainRle, rowOf } from './plain.ts';
import { poolRoi } from './pooled-roi.ts';
import { resizeMask } from './resized-mask.ts';

/** The detected box and the proposal that it came from, and where they lie. */
export interface MaskSubject {
  label: number;
  /** In pixels of the resized picture. */
  box: PlainBox;
  proposal: PlainBox;
  /** The detected box in pixels of the original, and the resized size divided by the original's. */
  originalBox: PlainBox;
  scale: readonly [x: number, y: number];
  picture: Size;
  /** The annotated object that the proposal overlaps most; its mask has the original's size. */
  truth: TrueObject | null;
}

export interface TrueObject {
  mask: Rle;
  label: number;
  /** IoU with the proposal. */
  overlap: number;
  /** Whether that is enough for training to match the proposal with this object. */
  matches: boolean;
}

/** The mask branch and the maps that it pools from. */
export interface MaskBranch {
  features: Features;
  session: Session;
  pool: RoiPoolConfig;
  config: MaskConfig;
}

/** Stages 8 and 9 for one detection, all channels of the mask branch included. */
export async function explainMask(
  subject: MaskSubject,
  { features, session, pool, config }: MaskBranch,
): Promise<MaskFocus> {
  const { label, box, picture, originalBox } = subject;
  const output = maskOutputs[config.output];
  const channel = output.channelOf(label);
  const logits = splitChannels(await runOn(box, features, session));
  const probabilities = output.probabilities(logits, channel);
  const pasted = pasters[config.paste](Float32Array.from(probabilities), originalBox, picture);
  const ofProposal = splitChannels(await runOn(subject.proposal, features, session));
  return {
    roi: poolRoi(box, features, pool),
    side: Math.sqrt(probabilities.length),
    logits,
    channel,
    probabilities,
    otherwise: output.otherwise(logits, channel),
    resized: resizeMask(probabilities, originalBox, { picture, paste: config.paste }),
    originalBox,
    pasted: plainRle(pasted),
    area: rleArea(pasted),
    training: trainOn(pasted, subject, { channels: ofProposal, output }),
  };
}

/** `[1, channels, side, side]` logits of one RoI. */
async function runOn(box: PlainBox, { pyramid, levels }: Features, session: Session): Promise<Float32Tensor> {
  const { inputs } = roisByLevel(Float32Array.from(box), levels);
  const { logits } = await session.run({ ...pyramid, ...inputs });
  return logits as Float32Tensor;
}

function splitChannels({ shape: [, count, height, width], data }: Float32Tensor): number[][] {
  return Array.from({ length: count }, (_, channel) => rowOf(data, channel, height * width));
}

/** The mask target and loss; without a matching annotation the predicted mask takes the place of the true one. */
function trainOn(
  predicted: Rle,
  subject: MaskSubject,
  { channels, output }: { channels: readonly number[][]; output: MaskOutput },
): TrainingView {
  const { proposal, scale, truth } = subject;
  const { mask, label } = truth?.matches ? truth : { mask: predicted, label: subject.label };
  const channel = output.channelOf(label);
  const logits = channels[channel];
  const inOriginal = Float32Array.from(proposal, (corner, i) => corner / scale[i % 2]);
  const target = [...maskTargets([mask], inOriginal, [0], Math.sqrt(logits.length))];
  const losses = output.losses(channels, channel, target);
  return {
    source: truth?.matches ? 'annotation' : 'prediction',
    overlap: truth ? truth.overlap : null,
    label,
    target,
    logits,
    loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
  };
}
