import type { LocaleConfig } from 'vitepress';

/** Built beside the pages, not by VitePress. */
const reference = { text: 'API reference', link: '/api/index.html', target: '_self' };

export const english: LocaleConfig[string] = {
  label: 'English',
  lang: 'en',
  description: 'Mask R-CNN in TypeScript: instance segmentation for Node and the browser',
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/install' },
      { text: 'How it works', link: '/mask-rcnn' },
      { text: 'Live demo', link: '/demo' },
      { text: 'API', link: reference.link, target: reference.target },
    ],
    sidebar: [
      {
        text: 'Guide',
        items: [
          { text: 'Install', link: '/install' },
          { text: 'Models', link: '/models' },
          { text: 'Predict', link: '/predict' },
          { text: 'Results for other tools', link: '/results' },
          { text: 'ONNX for other programs', link: '/onnx' },
          { text: 'Predict in the browser', link: '/browser' },
          { text: 'The page', link: '/page' },
          { text: 'Live demo', link: '/demo' },
          { text: 'Explain a prediction', link: '/explain' },
          { text: 'Serve over HTTP', link: '/serve' },
          { text: 'Devices', link: '/devices' },
          { text: 'Many machines', link: '/scale' },
          { text: 'Security', link: '/security' },
        ],
      },
      {
        text: 'Train and evaluate',
        items: [
          { text: 'Data sets', link: '/data' },
          { text: 'Train your own model', link: '/train-your-own' },
          { text: 'Evaluate', link: '/evaluation' },
          { text: 'Where a model is wrong', link: '/error-analysis' },
          { text: 'Eight bits', link: '/int8' },
        ],
      },
      {
        text: 'Understand',
        items: [
          { text: 'How Mask R-CNN works', link: '/mask-rcnn' },
          { text: 'Variants', link: '/variants' },
          { text: 'Comparing variants', link: '/ablation' },
        ],
      },
      {
        text: 'Reference',
        items: [
          reference,
          { text: 'Configuration', link: '/configuration' },
          { text: 'Model settings', link: '/model-settings' },
          { text: 'Training settings', link: '/training-settings' },
          { text: 'The photos model', link: '/models/photos' },
          { text: 'The nuclei model', link: '/models/nuclei' },
        ],
      },
      {
        text: 'Inside',
        collapsed: true,
        items: [
          { text: 'From picture to instances', link: '/how-it-works' },
          { text: 'Conventions', link: '/conventions' },
          { text: 'The graph language', link: '/graph' },
        ],
      },
    ],
    footer: { message: 'Apache-2.0' },
  },
};
