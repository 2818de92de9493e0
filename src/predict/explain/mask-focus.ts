import type { MaskConfig } from '../../config/schema.ts';
import type { MaskFocus, PlainBox, TrainingView } from '../../core/explanation.ts';
import type { Float32Tensor } from '../../core/tensor.ts';
import type { Size } from '../../ops/boxes.ts';
import { maskTargets } from '../../ops/mask-targets.ts';
import { pasteMask } from '../../ops/paste-mask.ts';
import { rleArea } from '../../ops/rle/measure.ts';
import type { Rle } from '../../ops/rle/rle.ts';
import type { Session } from '../../runtime/runtime.ts';
import { type Features, roisByLevel } from '../pipeline.ts';
import { plainRle, sigmoid } from './plain.ts';
import { poolRoi } from './pooled-roi.ts';
import { resizeMask } from './resized-mask.ts';

/** The detected box and the proposal that it came from, and where they lie. */
export interface MaskSubject {
  label: number;
  /** In pixels of the resized picture. */
  box: PlainBox;
  proposal: PlainBox;
  /** The detected box in pixels of the original, and the scale that led to the resized picture. */
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
  /** Whether that is enough for training to take the proposal for this object. */
  matches: boolean;
}

/** Stages 8 and 9 for one detection, all classes of the mask branch included. */
export async function explainMask(
  subject: MaskSubject,
  { features, session, config }: { features: Features; session: Session; config: MaskConfig },
): Promise<MaskFocus> {
  const { label, box, picture, originalBox } = subject;
  const logits = splitChannels(await runOn(box, features, session));
  const probabilities = logits[label].map(sigmoid);
  const softmax = softmaxOf(logits, label);
  const pasted = pasteMask(Float32Array.from(probabilities), originalBox, picture);
  const ofProposal = splitChannels(await runOn(subject.proposal, features, session));
  return {
    roi: poolRoi(box, features, config.pool),
    side: Math.sqrt(probabilities.length),
    logits,
    probabilities,
    softmax,
    foreground: { sigmoid: countForeground(probabilities), softmax: countForeground(softmax) },
    resized: resizeMask(probabilities, originalBox, picture),
    originalBox,
    pasted: plainRle(pasted),
    area: rleArea(pasted),
    training: trainOn(pasted, subject, ofProposal),
  };
}

/** `[1, classes, side, side]` logits of one RoI. */
async function runOn(box: PlainBox, { pyramid, levels }: Features, session: Session): Promise<Float32Tensor> {
  const { inputs } = roisByLevel(Float32Array.from(box), levels);
  const { logits } = await session.run({ ...pyramid, ...inputs });
  return logits as Float32Tensor;
}

function splitChannels({ shape: [, classes, height, width], data }: Float32Tensor): number[][] {
  const pixels = height * width;
  return Array.from({ length: classes }, (_, label) =>
    Array.from(data.subarray(label * pixels, (label + 1) * pixels)),
  );
}

/** What FCN would say: at each pixel the classes share one, the background's untrained channel left out. */
function softmaxOf(logits: readonly number[][], label: number): number[] {
  return logits[label].map((own, pixel) => {
    let total = 0;
    for (let other = 1; other < logits.length; other++) total += Math.exp(logits[other][pixel] - own);
    return 1 / total;
  });
}

function countForeground(probabilities: readonly number[]): number {
  return probabilities.reduce((count, value) => (value > 0.5 ? count + 1 : count), 0);
}

/** The mask target and loss; without a matching annotation the predicted mask is in the place of the truth. */
function trainOn(predicted: Rle, subject: MaskSubject, channels: readonly number[][]): TrainingView {
  const { proposal, scale, truth } = subject;
  const { mask, label } = truth?.matches ? truth : { mask: predicted, label: subject.label };
  const logits = channels[label];
  const inOriginal = Float32Array.from(proposal, (corner, i) => corner / scale[i % 2]);
  const target = [...maskTargets([mask], inOriginal, [0], Math.sqrt(logits.length))];
  // max(x, 0) − x·t + log(1 + e^−|x|): binary cross-entropy of a logit that cannot overflow.
  const loss = logits.reduce(
    (sum, x, i) => sum + Math.max(x, 0) - x * target[i] + Math.log1p(Math.exp(-Math.abs(x))),
    0,
  );
  return {
    source: truth?.matches ? 'annotation' : 'prediction',
    overlap: truth ? truth.overlap : null,
    label,
    target,
    logits,
    loss: loss / logits.length,
  };
}
