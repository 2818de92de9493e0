/** The neutral colours of pages, as declarations of CSS: text, secondary text, background, panels and lines. */
export const neutrals = {
  light: '--ink:#1c2430;--soft:#5a6675;--paper:#fff;--panel:#f4f6f9;--line:#d7dde5',
  dark: '--ink:#e4e9f0;--soft:#9aa7b8;--paper:#12161c;--panel:#1b212a;--line:#333d4a',
} as const;
