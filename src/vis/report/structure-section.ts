import type { ReportContext } from './context.ts';
import { chain, section, step } from './html.ts';

/** 5: the two forms of the heads (Fig. 4 of the paper). */
export function structureSection({ explanation, t }: ReportContext): string {
  const { boxResolution: box, maskResolution: mask } = explanation.model;
  const own = mask === null ? t('s5bNoMask', { box }) : t('s5b', { box, mask });
  const roi = t('flowAlign');
  return section(5, t('s5'), [
    step({ heading: '', text: [t('s5a'), own] }),
    step({
      heading: t('structure1'),
      text: [],
      numbers: [
        chain([
          [roi, '7 × 7 × 1024'],
          ['res5', '7 × 7 × 2048'],
          [t('average'), '2048'],
          [t('classBox'), ''],
        ]),
        chain([
          ['res5', '7 × 7 × 2048'],
          [t('deconvolution'), '14 × 14 × 256'],
          [t('maskWord'), '14 × 14 × 80'],
        ]),
      ],
    }),
    step({
      heading: t('structure2'),
      text: [],
      numbers: [
        chain([
          [roi, '7 × 7 × 256'],
          ['fc', '1024'],
          ['fc', '1024'],
          [t('classBox'), ''],
        ]),
        chain([
          [roi, '14 × 14 × 256'],
          [`4 × ${t('convolutions')}`, '14 × 14 × 256'],
          [t('deconvolution'), '28 × 28 × 256'],
          [t('maskWord'), '28 × 28 × 80'],
        ]),
      ],
    }),
  ]);
}
