import { onlyInEnglish } from '../.vitepress/chinese.ts';

/** So that the language switch leads somewhere on every page. */
export default {
  paths() {
    return Object.entries(onlyInEnglish).map(([page, title]) => ({
      params: { page },
      content: `# ${title}\n\n本页目前只有英文版：[阅读英文版](/${page})。`,
    }));
  },
};
