import { useLayoutEffect, useState } from 'preact/hooks';
import type { WordKey } from '../words/english.ts';
import { useWords } from '../words/language.tsx';
import { recall, remember } from './remembered.ts';

const themes = ['auto', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

const labels: Record<Theme, WordKey> = { auto: 'themeAuto', light: 'themeLight', dark: 'themeDark' };
const icons: Record<Theme, string> = { auto: '◐', light: '☀', dark: '☾' };

/** Cycles through system, light and dark; remembers the choice in this browser. */
export function ThemeSwitch() {
  const { say } = useWords();
  const [theme, setTheme] = useState(storedTheme);
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
    remember('theme', theme);
  }, [theme]);
  const next = themes[(themes.indexOf(theme) + 1) % themes.length];
  const label = say('themeLabel', { current: say(labels[theme]), next: say(labels[next]) });
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} onClick={() => setTheme(next)}>
      <span aria-hidden="true">{icons[theme]}</span>
    </button>
  );
}

function storedTheme(): Theme {
  const stored = recall('theme');
  return themes.find((theme) => theme === stored) ?? 'auto';
}
