import type { LocaleConfig } from 'vitepress';

/** Pages without a Chinese version: path → title of the link to the English page. */
export const onlyInEnglish: Readonly<Record<string, string>> = {
  results: '供其他工具使用的结果',
  onnx: '供其他程序使用的 ONNX 模型',
  page: '网页界面',
  explain: '图解一次预测',
  serve: 'HTTP 服务',
  devices: '计算设备',
  scale: '多机运行',
  security: '安全',
  data: '数据集',
  'train-your-own': '训练自己的模型',
  evaluation: '评估',
  int8: '八位量化',
  'error-analysis': '误差分析',
  variants: '变体',
  ablation: '变体对比',
  configuration: '配置',
  'models/photos': 'photos 模型',
  'models/nuclei': 'nuclei 模型',
  'how-it-works': '图片如何经过模型',
  conventions: '约定',
  graph: '计算图描述语言',
};

const reference = { text: 'API 参考（英文）', link: '/api/index.html', target: '_self' };

export const chinese: LocaleConfig[string] = {
  label: '简体中文',
  lang: 'zh-CN',
  link: '/zh/',
  description: '用 TypeScript 实现的 Mask R-CNN：在 Node 和浏览器中做实例分割',
  themeConfig: {
    nav: [
      { text: '指南', link: '/zh/install' },
      { text: '原理', link: '/zh/mask-rcnn' },
      { text: '在线演示', link: '/zh/demo' },
      { text: 'API', link: reference.link, target: reference.target },
    ],
    sidebar: [
      {
        text: '指南',
        items: [
          { text: '安装', link: '/zh/install' },
          { text: '模型', link: '/zh/models' },
          { text: '预测', link: '/zh/predict' },
          { text: '在浏览器中预测', link: '/zh/browser' },
          { text: '在线演示', link: '/zh/demo' },
        ],
      },
      {
        text: '参考',
        items: [
          { text: '模型设置', link: '/zh/model-settings' },
          { text: '训练设置', link: '/zh/training-settings' },
        ],
      },
      { text: '原理', items: [{ text: 'Mask R-CNN 原理', link: '/zh/mask-rcnn' }] },
      {
        text: '更多（英文）',
        items: [
          reference,
          ...Object.entries(onlyInEnglish).map(([page, text]) => ({ text, link: `/${page}` })),
        ],
      },
    ],
    outline: { level: [2, 3], label: '本页内容' },
    docFooter: { prev: '上一页', next: '下一页' },
    darkModeSwitchLabel: '外观',
    lightModeSwitchTitle: '切换到浅色模式',
    darkModeSwitchTitle: '切换到深色模式',
    sidebarMenuLabel: '目录',
    returnToTopLabel: '回到顶部',
    langMenuLabel: '切换语言',
    skipToContentLabel: '跳到正文',
    notFound: { title: '没有这一页', quote: '', linkText: '回到首页', linkLabel: '回到首页' },
    footer: { message: 'Apache-2.0' },
  },
};
