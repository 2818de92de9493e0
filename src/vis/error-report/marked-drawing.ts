import { escapeHtml } from '../../core/escape-html.ts';
import type { MarkedDetection, MarkedTruth } from '../../eval/marked-picture.ts';
import type { EvalDetection, EvalTruth } from '../../eval/objects.ts';
import type { EvalType } from '../../eval/params.ts';
import { outlinePath } from '../outline.ts';
import { tenth } from '../rounding.ts';
import { type ErrorContext, kindNames, plainCategoryName } from './context.ts';

/** State of an object or detection → colour and dashes of its outline. */
const strokes = {
  correct: { colour: '#1fd6c1', dash: '' },
  class: { colour: '#ff9f1c', dash: '7 3' },
  location: { colour: '#ffe14d', dash: '2 3' },
  both: { colour: '#ffe14d', dash: '7 3 2 3' },
  duplicate: { colour: '#c79bff', dash: '4 3' },
  background: { colour: '#ff5a6e', dash: '7 3' },
  missed: { colour: '#ff5a6e', dash: '2 3' },
  ignored: { colour: '#c3ccd6', dash: '2 5' },
} as const;

type State = keyof typeof strokes;

/** The annotated objects as SVG: found, of another class, or missed. */
export function truthDrawing(context: ErrorContext, truths: readonly MarkedTruth[], scale: number): string {
  return truths
    .map(({ object, state }) => {
      const shown = state === 'found' ? 'correct' : state === 'confused' ? 'class' : 'missed';
      return outlined(object, { context, state: shown, scale });
    })
    .join('');
}

/** The detections as SVG, each with its kind of error. */
export function detectionDrawing(
  context: ErrorContext,
  detections: readonly MarkedDetection[],
  scale: number,
): string {
  // Strong detections over weak ones.
  return detections
    .toReversed()
    .map(({ detection, state }) => outlined(detection, { context, state, scale }))
    .join('');
}

/** The key of the drawings; HTML. */
export function drawingKey({ t }: ErrorContext): string {
  const states: readonly State[] = [
    'correct',
    'class',
    'location',
    'both',
    'duplicate',
    'background',
    'missed',
  ];
  const items = states.map((state) => {
    const text = state === 'correct' || state === 'ignored' ? t('found') : t(kindNames[state]);
    return `<li><svg viewBox="0 0 32 12" aria-hidden="true"><rect width="32" height="12" fill="#39424f"/><path d="M2 6H30" stroke-width="3" ${stroke(state)}/></svg>${text}</li>`;
  });
  return `<ul class="keys">${items.join('')}</ul>`;
}

function outlined(
  object: EvalTruth | EvalDetection,
  { context, state, scale }: { context: ErrorContext; state: State; scale: number },
): string {
  const path = shapeOf(object, context.analysis.type, scale);
  if (path === '') return '';
  const name = plainCategoryName(context, object.categoryId);
  const label = 'score' in object ? `${name} ${object.score.toFixed(2)}` : name;
  const shown = state === 'correct' || state === 'ignored' ? '' : ` · ${context.t(kindNames[state])}`;
  const title = `<title>${escapeHtml(label)}${shown}</title>`;
  return `<g>${title}<path class="halo" d="${path}"/><path class="shape" d="${path}" fill="${strokes[state].colour}" ${stroke(state)}/></g>`;
}

function stroke(state: State): string {
  const { colour, dash } = strokes[state];
  return `stroke="${colour}"${dash ? ` stroke-dasharray="${dash}"` : ''}`;
}

/** The outline of what was compared: the mask or the box. */
function shapeOf({ mask, box }: EvalTruth | EvalDetection, type: EvalType, scale: number): string {
  if (type === 'segm' && mask !== undefined) return outlinePath(mask, scale);
  if (box === undefined) return '';
  const [x, y, width, height] = box.map((value) => tenth(value * scale));
  return `M${x} ${y}h${width}v${height}h${-width}Z`;
}
