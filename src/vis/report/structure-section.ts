import type { ReportContext } from './context.ts';
import { forkDrawing } from './fork-drawing.ts';
import { section, step } from './html.ts';
import { sourcesOf } from './step-sources.ts';
import type { TextKey } from './text-en.ts';
import { poolerTexts, structures } from './variants.ts';

/** Section 5: the two head architectures (Fig. 4 of the paper). */
export function structureSection(context: ReportContext): string {
  const { explanation, t } = context;
  const { structure, boxPool, shared, mask } = explanation.model;
  const roi = poolerTexts.roiAlign.name;
  const { own, heading } = structures[structure];
  const headed = (key: TextKey) => (key === heading ? `${t(key)}${t('own')}` : t(key));
  const text = [t('s5a'), t(own, { box: boxPool.resolution, shared: shared?.side ?? 0 })];
  if (!mask) text.push(t('ownNoMask'));
  else text.push(shared ? t('ownMaskShared') : t('ownMask', { mask: mask.pool.resolution }));
  return section(5, t('s5'), [
    step({ heading: '', text: [...text, t('s5c'), t('s5Figure')] }),
    step({
      heading: headed('structureC4'),
      text: [],
      numbers: [
        forkDrawing(
          {
            trunk: [
              ['C4', '1024'],
              [roi, '7 × 7 × 1024'],
              ['res5', '7 × 7 × 2048'],
            ],
            branches: [
              [
                [t('average'), '2048'],
                [t('classBox'), ''],
              ],
              [
                [t('deconvolution'), '14 × 14 × 256'],
                [t('maskWord'), '14 × 14 × 80'],
              ],
            ],
          },
          t('structureC4'),
        ),
      ],
    }),
    step({
      heading: headed('structureFpn'),
      text: [],
      numbers: [
        forkDrawing(
          {
            trunk: [[t('flowBackboneFpn'), '256']],
            branches: [
              [
                [roi, '7 × 7 × 256'],
                ['fc', '1024'],
                ['fc', '1024'],
                [t('classBox'), ''],
              ],
              [
                [roi, '14 × 14 × 256'],
                [`4 × ${t('convolutions')}`, '14 × 14 × 256'],
                [t('deconvolution'), '28 × 28 × 256'],
                [t('maskWord'), '28 × 28 × 80'],
              ],
            ],
          },
          t('structureFpn'),
        ),
      ],
    }),
    sourcesOf(context, 'structure'),
  ]);
}
