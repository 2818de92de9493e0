import { fixed } from '../../product.ts';
import { Html } from '../html.tsx';

interface SliderProps {
  /** HTML. */
  label: string;
  value: number;
  range: readonly [min: number, max: number, step: number];
  onValue: (value: number) => void;
}

/** A labelled slider with its value. */
export function Slider({ label, value, range: [min, max, step], onValue }: SliderProps) {
  return (
    <label class="range">
      <span>
        <Html tag="span" html={label} /> <b>{Number.isInteger(step) ? value : fixed(value)}</b>
      </span>
      <input
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        onInput={(event) => onValue(Number(event.currentTarget.value))}
      />
    </label>
  );
}
