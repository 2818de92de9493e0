/** Mask AP on COCO of models trained with different settings (He et al. 2017), compared in the report and on the page. */

/** Table 2b: AP, AP50, AP75 with ResNet-50-C4. */
export const maskOutputAp = {
  softmax: ['24.8', '44.1', '25.1'],
  sigmoid: ['30.3', '51.2', '31.5'],
} as const;

/** Tables 2c and 2d: AP with C4 and with C5, RoIWarp and RoIAlign averaging; empty where the paper has none. */
export const poolerAp = {
  roiPool: { c4: '26.9', c5: '23.6' },
  roiWarp: { c4: '27.1', c5: '' },
  roiAlign: { c4: '30.3', c5: '30.9' },
} as const;
