import type { PoolSettings } from '../../explanation/model.ts';
import type {
  AnyPooling,
  PooledRoi,
  Pooling,
  QuantisedAxis,
  SampledAxis,
} from '../../explanation/pooling.ts';
import { levelName, type ReportContext } from './context.ts';
import type { TextValues } from './fill-in.ts';
import { type DiagramStep, fixed } from './html.ts';
import type { Translate } from './text.ts';
import type { TextKey } from './text-en.ts';
import { poolerTexts } from './variants.ts';

/** Whether bins are sampled, or are whole feature pixels. */
export function isSampled(pooling: AnyPooling): pooling is Pooling<SampledAxis> {
  return 'samples' in pooling.x;
}

/** A pooled RoI as boxes of a diagram, with the output of `res5` in structure `c4`. */
export function pooledSteps({ explanation: { model }, t }: ReportContext, pool: PoolSettings): DiagramStep[] {
  const { channels, shared, mask } = model;
  const square = (side: number, depth: number) => `${side} × ${side} × ${depth}`;
  const pooled: DiagramStep = [poolerTexts[pool.kind].name, square(pool.resolution, channels)];
  return shared
    ? [pooled, [mask ? t('flowShared') : 'res5', square(shared.side, shared.channels)]]
    : [pooled];
}

/** Explains how the model pools this RoI, from the box to a bin's value; sentences in HTML. */
export function poolingText(t: Translate, { level, stride, onMap, pool, poolings }: PooledRoi): string[] {
  const [x1, y1, x2, y2] = onMap.map((corner) => fixed(corner));
  const own = poolings[pool.kind];
  const values = isSampled(own) ? sampledValues(own, pool) : binnedValues(own, pool);
  return [
    t('alignA', { x1, y1, x2, y2, level: levelName(level), stride }),
    t(poolerTexts[pool.kind].how, values),
    t(taking(own, pool), values),
  ];
}

function taking(own: AnyPooling, { mode }: PoolSettings): TextKey {
  if (!isSampled(own)) return 'takesLargest';
  return mode === 'avg' ? 'takesMean' : 'takesLargestSample';
}

function sampledValues({ region, x, y }: Pooling<SampledAxis>, { resolution: n }: PoolSettings): TextValues {
  const [qx1, qy1, qx2, qy2] = region;
  const across = x.samples.length / n;
  const down = y.samples.length / n;
  return { n, qx1, qy1, qx2, qy2, binX: fixed(x.binSize), binY: fixed(y.binSize), across, down };
}

function binnedValues({ x, y }: Pooling<QuantisedAxis>, { resolution: n }: PoolSettings): TextValues {
  const width = x.end - x.start;
  const height = y.end - y.start;
  return {
    ...{ n, width, height, qx1: x.start, qy1: y.start, lastX: x.end - 1, lastY: y.end - 1 },
    ...{ binX: fixed(width / n), binY: fixed(height / n) },
    ...{ wholeX: Math.floor(width / n), wholeY: Math.floor(height / n) },
    ...{ droppedX: x.dropped, droppedY: y.dropped },
  };
}
