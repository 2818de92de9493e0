import { largest } from '../../core/extremes.ts';
import type { DiagramStep } from './html.ts';

/** A diagram whose path forks into branches, one above the other. */
export interface Fork {
  /** What the branches share; may be empty. */
  readonly trunk: readonly DiagramStep[];
  readonly branches: readonly (readonly DiagramStep[])[];
  /** A dashed arrow from the end of the first branch to the start of the second; HTML. */
  readonly back?: string | undefined;
}

const nodeHeight = 46;
const columnGap = 22;
const rowGap = 44;
const margin = 2;

interface Node {
  readonly step: DiagramStep;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** The diagram as an SVG element in its natural size, in a container that scrolls where the page is narrower. */
export function forkDrawing({ trunk, branches, back }: Fork, label: string): string {
  const rowOf = (row: number) => margin + row * (nodeHeight + rowGap);
  const middle = (rowOf(0) + rowOf(branches.length - 1)) / 2;
  const trunkNodes = placeRow(trunk, margin, middle);
  const start = trunk.length > 0 ? endOf(trunkNodes) + columnGap + 10 : margin;
  const rows = branches.map((steps, row) => placeRow(steps, start, rowOf(row)));
  const width = Math.ceil(largest([...rows, trunkNodes].map(endOf))) + margin;
  const height = rowOf(branches.length - 1) + nodeHeight + margin;
  const forks = trunk.length > 0 ? rows.map(([first]) => elbow(endOf(trunkNodes), middle, first)) : [];
  const content = [
    ...[trunkNodes, ...rows].flatMap(arrowsWithin),
    ...forks,
    back && rows.length > 1 ? backArrow(rows[0][rows[0].length - 1], rows[1][0], back) : '',
    ...[trunkNodes, ...rows].flat().map(nodeElement),
  ];
  return `<div class="scroll" tabindex="0"><svg class="diagram" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${content.join('')}</svg></div>`;
}

function placeRow(steps: readonly DiagramStep[], left: number, y: number): Node[] {
  let x = left;
  return steps.map((step) => {
    const width = Math.ceil(Math.max(textWidth(step[0], 7.9), textWidth(step[1], 6.6), 52) + 16);
    const node = { step, x, y, width };
    x += width + columnGap;
    return node;
  });
}

/** Approximate width of HTML text; Chinese characters are as wide as they are high. @param latin Of a letter. */
function textWidth(html: string, latin: number): number {
  const text = html.replaceAll(/<[^>]*>/g, '').replaceAll(/&\w+;/g, '&');
  return [...text].reduce(
    (sum, letter) => sum + (/[\u2460-\u24ff\u3000-\uffef]/.test(letter) ? 13.5 : latin),
    0,
  );
}

function endOf(nodes: readonly Node[]): number {
  const last = nodes.at(-1);
  return last ? last.x + last.width : 0;
}

function arrowsWithin(nodes: readonly Node[]): string[] {
  return nodes.slice(1).map((node, i) => {
    const y = node.y + nodeHeight / 2;
    return arrow(`M${nodes[i].x + nodes[i].width} ${y}H${node.x}`, [node.x, y], 'right');
  });
}

/** From the end of the trunk to the first node of a branch. */
function elbow(from: number, middle: number, { x, y }: Node): string {
  const turn = from + columnGap / 2;
  const [start, end] = [middle + nodeHeight / 2, y + nodeHeight / 2];
  return arrow(`M${from} ${start}H${turn}V${end}H${x}`, [x, end], 'right');
}

/** From below one node to above another, with its label on the way. */
function backArrow(from: Node, to: Node, label: string): string {
  const half = from.y + nodeHeight + rowGap / 2;
  const [x1, x2] = [from.x + from.width / 2, to.x + to.width / 2];
  const path = arrow(`M${x1} ${from.y + nodeHeight}V${half}H${x2}V${to.y}`, [x2, to.y], 'down', ' dashed');
  return `${path}<text class="aside" x="${(x1 + x2) / 2}" y="${half - 6}">${label}</text>`;
}

/** A line with an arrow head at its end. */
function arrow(
  path: string,
  [x, y]: readonly [number, number],
  direction: 'right' | 'down',
  className = '',
): string {
  const head =
    direction === 'right'
      ? `M${x - 7} ${y - 4}L${x} ${y}L${x - 7} ${y + 4}`
      : `M${x - 4} ${y - 7}L${x} ${y}L${x + 4} ${y - 7}`;
  return `<path class="arrow${className}" d="${path}"/><path class="arrow" d="${head}"/>`;
}

function nodeElement({ step: [name, size], x, y, width }: Node): string {
  const centre = x + width / 2;
  const rect = `<rect class="node" x="${x}" y="${y}" width="${width}" height="${nodeHeight}" rx="6"/>`;
  const first = `<text class="name" x="${centre}" y="${y + (size ? 20 : 28)}">${name}</text>`;
  return rect + first + (size ? `<text class="size" x="${centre}" y="${y + 36}">${size}</text>` : '');
}
