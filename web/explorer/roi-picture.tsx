import type { TargetedPointerEvent } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import {
  boxPath,
  chooseColors,
  colours,
  type ExplainedStages,
  type Focus,
  outlinePath,
  type PlainBox,
  palette,
  rleFromCounts,
  strongBox,
} from '../product.ts';
import { boxesAt, nextOf } from './candidates.ts';
import type { Kind } from './roi-choice.tsx';

interface RoiPictureProps {
  stages: ExplainedStages;
  focus: Focus | null;
  kind: Kind;
  /** Clickable boxes in pixels of the resized picture. */
  boxes: readonly PlainBox[];
  /** Index of the followed box. */
  current: number | null;
  label: string;
  onChoose: (index: number) => void;
}

/** The picture with all RoIs that can be selected, and the anchor, proposal and final box of the current one. */
export function RoiPicture({ stages, focus, kind, boxes, current, label, onChoose }: RoiPictureProps) {
  const { width, height } = stages.input;
  const [under, setUnder] = useState<number | null>(null);
  const masks = useMemo(() => masksOf(stages), [stages]);
  const outlines = useMemo(
    () => (kind === 'proposals' ? boxPath(boxes, { stroke: colours.proposal, width: 1, opacity: 0.55 }) : ''),
    [kind, boxes],
  );
  const hit = (event: TargetedPointerEvent<SVGSVGElement> | MouseEvent): number[] => {
    const matrix = (event.currentTarget as SVGSVGElement).getScreenCTM();
    if (!matrix) return [];
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    return boxesAt(boxes, x, y);
  };
  const marked = focus
    ? strongBox(focus.proposal.anchor.box, colours.anchor, true) +
      strongBox(focus.proposal.box, colours.proposal) +
      strongBox(focus.box, colours.final)
    : '';
  const hovered = under !== null && boxes[under] ? boxPath([boxes[under]], { stroke: '#fff', width: 2 }) : '';
  const inner = `<use href="#picture"/>${masks}${outlines}${marked}${hovered}`;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list beside the picture chooses by keyboard
    <svg
      class="roi-picture"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
      onClick={(event) => {
        const next = nextOf(hit(event), current);
        if (next !== null) onChoose(next);
      }}
      onPointerMove={(event) => setUnder(hit(event)[0] ?? null)}
      onPointerLeave={() => setUnder(null)}
      dangerouslySetInnerHTML={{ __html: inner }}
    />
  );
}

/** The masks of all instances as SVG in pixels of the resized picture. */
function masksOf({ detections, input }: ExplainedStages): string {
  const { instances } = detections;
  const hues = chooseColors(instances.map(({ box }) => box));
  return instances
    .map(({ mask, box }, i) => {
      const colour = `rgb(${palette[hues[i]].join(',')})`;
      if (!mask) return boxPath([box], { stroke: colour, width: 1.5 });
      const path = outlinePath(rleFromCounts(mask.counts, mask.size), 1);
      const [x, y] = input.scale;
      return `<path d="${path}" transform="scale(${x} ${y})" fill="${colour}" fill-opacity=".4" stroke="${colour}" stroke-width="1.2" vector-effect="non-scaling-stroke" fill-rule="evenodd"/>`;
    })
    .join('');
}
