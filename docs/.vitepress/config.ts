import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitepress';
import { chinese } from './chinese.ts';
import { english } from './english.ts';
import { noteFencesThatAreNotRun } from './fences.ts';
import { resolveLinks } from './links.ts';

const icon = readFileSync(join(import.meta.dirname, '..', '..', 'web', 'favicon.svg'), 'base64');
const iconAddress = `data:image/svg+xml;base64,${icon}`;

/** `scripts/build-docs.ts` builds the site and what lies beside its pages. */
export default defineConfig({
  title: 'mask-rcnn',
  // Its diagram needs a renderer of 3 MB.
  srcExclude: ['layers.md'],
  cacheDir: '../.cache/vitepress',
  head: [['link', { rel: 'icon', href: iconAddress, type: 'image/svg+xml' }]],
  locales: { root: english, zh: chinese },
  themeConfig: {
    logo: iconAddress,
    outline: [2, 3],
    search: {
      provider: 'local',
      options: { miniSearch: { options: { tokenize } }, locales: { zh: { translations: chineseSearch() } } },
    },
  },
  markdown: {
    config(md) {
      md.use(resolveLinks);
      md.use(noteFencesThatAreNotRun);
    },
  },
});

/** Words of a text in any language; VitePress copies the function into the page. */
function tokenize(text: string): string[] {
  const segments = new Intl.Segmenter('zh', { granularity: 'word' }).segment(text);
  return [...segments].filter(({ isWordLike }) => isWordLike).map(({ segment }) => segment);
}

function chineseSearch() {
  return {
    button: { buttonText: '搜索', buttonAriaLabel: '搜索' },
    modal: {
      noResultsText: '没有找到',
      resetButtonTitle: '清除',
      backButtonTitle: '返回',
      displayDetails: '显示详情',
      footer: { selectText: '选择', navigateText: '切换', closeText: '关闭' },
    },
  };
}
