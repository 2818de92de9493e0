import { useLayoutEffect, useState } from 'preact/hooks';

const themes = ['auto', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

const key = 'mask-rcnn-theme';
const labels: Record<Theme, string> = { auto: 'System colours', light: 'Light', dark: 'Dark' };
const icons: Record<Theme, string> = { auto: '◐', light: '☀', dark: '☾' };

/** Goes round system, light, dark; remembers the choice in this browser. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(storedTheme);
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
    store(theme);
  }, [theme]);
  const next = themes[(themes.indexOf(theme) + 1) % themes.length];
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={`Colours: ${labels[theme]}. Change to ${labels[next]}`}
      title={`${labels[theme]} – change to ${labels[next].toLowerCase()}`}
      onClick={() => setTheme(next)}
    >
      <span aria-hidden="true">{icons[theme]}</span>
    </button>
  );
}

/** A browser may refuse storage; then the choice lasts as long as the page. */
function storedTheme(): Theme {
  try {
    return themes.find((theme) => theme === localStorage.getItem(key)) ?? 'auto';
  } catch {
    return 'auto';
  }
}

function store(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // Nothing to remember it with.
  }
}
