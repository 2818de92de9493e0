import type { Language } from '../product.ts';

/** Texts of the interactive page; all others are the report's. */
const english = {
  language: 'Language',
  working: 'Running the model …',
  following: 'Following …',
  failed: 'The stages cannot be shown: {message}',
  retry: 'Try again',
  objects: 'Objects',
  proposals: 'Proposals',
  choose: 'What to follow',
  pictureHelp:
    'Click the picture, or choose from the list. Clicking the same place again takes the next one there.',
  shown: 'Show the best {n}',
  became: 'Proposal {n} became object {object}.',
  becameBackground: 'Proposal {n} was taken for background.',
  gaveWay: 'Proposal {n} gave way to object {object} in NMS.',
  leftOut: 'Proposal {n} was left out.',
  steps: 'Steps',
  threshold: 'Threshold',
  above: 'Above {threshold}',
  thresholdHelp: 'The model uses 0.5. A lower threshold lets the mask grow, a higher one shrinks it.',
  channel: 'Any other channel',
  report: 'Save as report',
  noObjects: 'no object',
};

export type WordKey = keyof typeof english;

const chinese: Record<WordKey, string> = {
  language: '语言',
  working: '正在推理……',
  following: '正在跟随……',
  failed: '无法显示各个阶段：{message}',
  retry: '重试',
  objects: '目标',
  proposals: '候选框',
  choose: '跟随什么',
  pictureHelp: '在图片上点击，或从列表中选择。在同一处再次点击会选中那里的下一个。',
  shown: '显示最好的 {n} 个',
  became: '候选框 {n} 成为目标 {object}。',
  becameBackground: '候选框 {n} 被当作背景。',
  gaveWay: '候选框 {n} 在 NMS 中让位于目标 {object}。',
  leftOut: '候选框 {n} 被舍去。',
  steps: '步骤',
  threshold: '阈值',
  above: '高于 {threshold}',
  thresholdHelp: '模型使用 0.5。阈值越低，掩膜越大；越高，掩膜越小。',
  channel: '任意其他通道',
  report: '保存为报告',
  noObjects: '没有目标',
};

export type Say = (key: WordKey, values?: Readonly<Record<string, string | number>>) => string;

/** The texts of one language, as plain text. */
export function wordsOf(language: Language): Say {
  const words = language === 'zh' ? chinese : english;
  return (key, values = {}) =>
    words[key].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}
