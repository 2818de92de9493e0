import {
  className,
  colours,
  type Focus,
  facts,
  fixed,
  levelName,
  type PooledRoi,
  type ReportContext,
  scoreOf,
  type TextKey,
} from '../product.ts';
import { useWords } from '../words/language.tsx';
import { Html } from './html.tsx';

/** A summary of the RoI: the colour key of its boxes, the levels of its anchor and of its pooling, with the formula, and its scores. */
export function RoiFacts({ context, focus }: { context: ReportContext; focus: Focus }) {
  const { say } = useWords();
  const { t } = context;
  const { boxRoi, proposal, iou, label } = focus;
  const key = (colour: string, text: TextKey, dashed = false) =>
    `<li><svg viewBox="0 0 24 14" aria-hidden="true"><rect width="24" height="14" fill="#39424f"/><rect x="3" y="3" width="18" height="8" fill="none" stroke="${colour}" stroke-width="2"${dashed ? ' stroke-dasharray="3 2"' : ''}/></svg>${t(text)}</li>`;
  const boxes = [
    key(colours.anchor, 'anchor', true),
    key(colours.proposal, 'proposal'),
    key(colours.final, 'finalBox'),
  ];
  const numbers = facts([
    [say('anchorLevel'), levelName(proposal.level)],
    [say('poolingLevel'), levelOf(boxRoi)],
    [t('anchorLogit'), `${fixed(proposal.anchor.logit)} → ${fixed(proposal.score, 3)}`],
    [className(context, label), fixed(scoreOf(focus), 3)],
    [`${t('proposalBox')} → ${t('refinedBox')}`, `IoU ${fixed(iou)}`],
  ]);
  return <Html class="roi-facts" html={`<ul>${boxes.join('')}</ul>${numbers}`} />;
}

/** The level, with the formula if there are several. */
function levelOf({ box: [x1, y1, x2, y2], choice, level }: PooledRoi): string {
  if (choice === null) return levelName(level);
  const side = fixed(Math.sqrt((x2 - x1) * (y2 - y1)), 1);
  return `⌊4 + log₂(${side} / ${choice.canonicalSize})⌋ = ⌊${fixed(choice.exact)}⌋ → ${levelName(level)}`;
}
