/** A number with a fixed number of decimals and a typographic minus sign. */
export function fixed(value: number, decimals = 2): string {
  const text = value.toFixed(decimals);
  // Not −0.00.
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** A fraction in percent without superfluous digits; texts add the sign, with or without a space. */
export function percent(fraction: number): number {
  return Number((100 * fraction).toFixed(2));
}

/** An integer with its digits in groups of three: 1,000. */
export function grouped(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** A box's corners with one decimal. */
export function boxText(box: readonly number[]): string {
  return box.map((corner) => fixed(corner, 1)).join(', ');
}

/** A figure with its caption. @param content,caption HTML. */
export function figure(content: string, caption: string, className = ''): string {
  const attribute = className ? ` class="${className}"` : '';
  return `<figure${attribute}>${content}<figcaption>${caption}</figcaption></figure>`;
}

/** A table. @param cells HTML; the first row is the heading. */
export function table(cells: readonly (readonly (string | number)[])[], className = ''): string {
  const [heading, ...rows] = cells;
  const row = (tag: string, values: readonly (string | number)[]) =>
    `<tr>${values.map((value) => (value === '' ? '<td></td>' : `<${tag}>${value}</${tag}>`)).join('')}</tr>`;
  const body = rows.map((values) => row('td', values)).join('');
  const attribute = className ? ` class="${className}"` : '';
  return `<div class="scroll" tabindex="0"><table${attribute}><thead>${row('th', heading)}</thead><tbody>${body}</tbody></table></div>`;
}

/** A list of names and values. @param pairs HTML. */
export function facts(pairs: readonly (readonly [string, string])[]): string {
  return `<dl>${pairs.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')}</dl>`;
}

/** A box of a diagram; HTML. */
export type DiagramStep = readonly [name: string, size: string];

/** A diagram of boxes in a row, connected by arrows. */
export function chain(steps: readonly DiagramStep[]): string {
  const items = steps.map(([name, size]) => `<li><b>${name}</b>${size ? `<span>${size}</span>` : ''}</li>`);
  return `<ol class="chain">${items.join('')}</ol>`;
}

export interface StepContent {
  /** HTML. */
  heading: string;
  /** Sentences of a paragraph, HTML. */
  text: readonly string[];
  figures?: readonly string[];
  /** Tables, facts and diagrams below the figures. */
  numbers?: readonly string[];
  /** See `sourcesOf`. */
  sources?: string;
}

/** One step of the explanation. */
export function step({ heading, text, figures = [], numbers = [], sources = '' }: StepContent): string {
  const pictures = figures.length > 0 ? `<div class="figures">${figures.join('')}</div>` : '';
  const title = heading ? `<h3>${heading}</h3>` : '';
  return `<div class="step">${title}${paragraph(text)}${pictures}${numbers.join('')}${sources}</div>`;
}

function paragraph(sentences: readonly string[]): string {
  return sentences.length === 0 ? '' : `<p>${joinSentences(sentences)}</p>`;
}

/** Sentences as one text; no space follows a Chinese full stop. */
export function joinSentences(sentences: readonly string[]): string {
  return sentences.reduce((before, next) => before + (before.endsWith('。') ? '' : ' ') + next);
}

/** A section of the report. @param id Its number. @param body HTML. */
export function section(id: number, heading: string, body: readonly string[]): string {
  return `<section id="s${id}"><h2><span>${id}</span>${heading}</h2>${body.join('\n')}</section>`;
}
