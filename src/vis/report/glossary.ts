import { escapeHtml } from '../../core/escape-html.ts';
import type { Language } from './text.ts';

/** Terms of the report: how they occur in the text of a language, and what they mean. */
const terms: readonly (Record<Language, string> & { readonly means: Record<Language, string> })[] = [
  {
    en: 'anchor',
    zh: '锚框',
    means: {
      en: 'a reference box of a fixed size and shape, at every location of a feature map',
      zh: '特征图每个位置上尺寸和形状固定的参考框',
    },
  },
  {
    en: 'proposal',
    zh: '候选框',
    means: { en: 'a box that the RPN proposes as an object', zh: 'RPN 给出的可能含有目标的框' },
  },
  {
    en: 'objectness',
    zh: '目标性得分',
    means: { en: 'the probability that a box contains any object', zh: 'objectness：框中含有任意目标的概率' },
  },
  {
    en: 'RPN',
    zh: 'RPN',
    means: {
      en: 'region proposal network: the small network that finds boxes which may contain objects',
      zh: '区域候选网络（region proposal network）：找出可能含有目标的框的小网络',
    },
  },
  {
    en: 'RoI',
    zh: 'RoI',
    means: {
      en: 'region of interest: a box whose features are pooled for the branches',
      zh: '感兴趣区域（region of interest）：其特征被池化后送入各分支的框',
    },
  },
  {
    en: 'FPN',
    zh: 'FPN',
    means: {
      en: 'feature pyramid network: maps of several resolutions, all with high-level features',
      zh: '特征金字塔网络（feature pyramid network）：多个分辨率的特征图，都含有高层语义信息',
    },
  },
  {
    en: 'IoU',
    zh: 'IoU',
    means: {
      en: 'intersection over union: how much two boxes or masks overlap, 0 to 1',
      zh: '交并比（intersection over union）：两个框或掩膜的重叠程度，0 到 1',
    },
  },
  {
    en: 'NMS',
    zh: 'NMS',
    means: {
      en: 'non-maximum suppression: removes boxes that overlap one with a higher score',
      zh: '非极大值抑制（non-maximum suppression）：去掉与得分更高的框重叠的框',
    },
  },
  {
    en: 'FCN',
    zh: 'FCN',
    means: {
      en: 'fully convolutional network: it predicts a value for every pixel',
      zh: '全卷积网络（fully convolutional network）：对每个像素给出预测',
    },
  },
  {
    en: 'logits',
    zh: 'logit',
    means: {
      en: 'outputs before the sigmoid or softmax turns them into probabilities',
      zh: '经 sigmoid 或 softmax 变为概率之前的输出',
    },
  },
  {
    en: 'stride',
    zh: '步长',
    means: {
      en: 'pixels of the picture between neighbouring pixels of a feature map',
      zh: '特征图上相邻像素对应的图片像素间隔',
    },
  },
  {
    en: 'backbone',
    zh: '骨干网络',
    means: { en: 'the network that turns the picture into feature maps', zh: '将图片变为特征图的网络' },
  },
];

/** Explains each term where it first occurs in the paragraphs of a section, as a tooltip. @param html A section. */
export function withGlossary(html: string, language: Language): string {
  const left = new Set(terms);
  return html.replaceAll(/<p[ >].*?<\/p>/gs, (paragraph) =>
    paragraph
      .split(/(<[^>]*>)/)
      .map((part) => (part.startsWith('<') ? part : explained(part, left, language)))
      .join(''),
  );
}

/** The terms and their meanings as a list; HTML. */
export function glossaryList(language: Language): string {
  const items = terms.map(
    ({ means, ...names }) => `<div><dt>${names[language]}</dt><dd>${escapeHtml(means[language])}</dd></div>`,
  );
  return `<dl class="glossary">${items.join('')}</dl>`;
}

function explained(text: string, left: Set<(typeof terms)[number]>, language: Language): string {
  // RoIAlign is not an RoI; anchors are.
  const found = [...left].flatMap((term) => {
    const name = term[language];
    const isLatin = /^\w+$/.test(name);
    const match = new RegExp(isLatin ? `(?<![\\w-])${name}s?(?![\\w-])` : name, 'u').exec(text);
    return match ? [{ term, index: match.index, shown: match[0] }] : [];
  });
  found.sort((a, b) => a.index - b.index || b.shown.length - a.shown.length);
  let at = 0;
  const parts: string[] = [];
  for (const { term, index, shown } of found) {
    if (index < at) continue;
    left.delete(term);
    const title = escapeHtml(term.means[language]);
    parts.push(text.slice(at, index), `<abbr title="${title}">${shown}</abbr>`);
    at = index + shown.length;
  }
  return parts.join('') + text.slice(at);
}
