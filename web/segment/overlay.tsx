import type { TargetedPointerEvent } from 'preact';
import { useWords } from '../words/language.tsx';
import { type Label, placeLabels } from './place-labels.ts';
import { boxPath, type Shape } from './shapes.ts';

export interface OverlayView {
  boxes: boolean;
  labels: boolean;
}

interface OverlayProps {
  width: number;
  height: number;
  /** The visible instances, sorted by descending score. */
  shapes: readonly Shape[];
  /** The isolated instance. */
  active: Shape | null;
  view: OverlayView;
  /** Pixels of the picture per CSS pixel. */
  unit: number;
  onHover: (shape: Shape | null) => void;
  onPick: (shape: Shape | null) => void;
  onToggle: (shape: Shape) => void;
}

/** Font size of labels in CSS pixels. */
const fontSize = 12;

/** The instances over the picture, in its pixels. Smaller ones are drawn over larger ones, so that all can be hovered. */
export function Overlay({
  width,
  height,
  shapes,
  active,
  view,
  unit,
  onHover,
  onPick,
  onToggle,
}: OverlayProps) {
  const { language, say } = useWords();
  const bySize = shapes.toSorted((a, b) => b.instance.area - a.instance.area);
  const labelled = active ? [active] : view.labels ? shapes : [];
  const shapeAt = ({ target }: Event) => {
    const index = target instanceof SVGElement ? target.dataset.index : undefined;
    return shapes.find((shape) => String(shape.index) === index) ?? null;
  };
  // Touch has no hover; a tap picks.
  const hover = (event: TargetedPointerEvent<SVGElement>, shape: Shape | null) => {
    if (event.pointerType === 'mouse') onHover(shape);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list of instances beside it handles the keyboard
    <svg
      class={active ? 'overlay overlay-isolating' : 'overlay'}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={say('overlay', { n: shapes.length })}
      onPointerOver={(event) => hover(event, shapeAt(event))}
      onPointerLeave={(event) => hover(event, null)}
      onClick={(event) => {
        const shape = shapeAt(event);
        if (shape) onToggle(shape);
        else onPick(null);
      }}
    >
      {active && <path class="veil" d={`M0 0H${width}V${height}H0Z${active.outline}`} />}
      {bySize.map((shape) => (
        <path
          key={shape.index}
          class={shape === active ? 'shape shape-active' : 'shape'}
          data-index={shape.index}
          d={shape.outline}
          fill={shape.color}
          stroke={shape.color}
        />
      ))}
      {(active ? [active] : view.boxes ? shapes : []).map((shape) => (
        <path key={shape.index} class="box" d={boxPath(shape.instance.box)} stroke={shape.color} />
      ))}
      {placeLabels(labelled, { width, height, fontSize: fontSize * unit, language }).map((label) => (
        <LabelPlate key={label.shape.index} {...label} />
      ))}
    </svg>
  );
}

function LabelPlate({ shape, text, x, y, width, height }: Label) {
  return (
    <g class="label">
      <rect x={x} y={y} width={width} height={height} rx={height * 0.2} fill={shape.color} />
      <text x={x + width / 2} y={y + height * 0.72} font-size={height / 1.4} text-anchor="middle">
        {text}
      </text>
    </g>
  );
}
