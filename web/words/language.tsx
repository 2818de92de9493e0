import { type ComponentChildren, createContext } from 'preact';
import { useContext, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import type { Language } from '../product.ts';
import { type Say, sayIn } from './say.ts';

interface Words {
  language: Language;
  setLanguage: (language: Language) => void;
  say: Say;
}

const key = 'mask-rcnn-language';
const WordsContext = createContext<Words | null>(null);

/** Gives everything inside it the language: the remembered one, else the browser's. */
export function LanguageProvider({ children }: { children: ComponentChildren }) {
  const [language, setLanguage] = useState(() => storedLanguage() ?? browserLanguage());
  useLayoutEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  const words = useMemo(() => {
    const choose = (chosen: Language) => {
      store(chosen);
      setLanguage(chosen);
    };
    return { language, setLanguage: choose, say: sayIn(language) };
  }, [language]);
  return <WordsContext.Provider value={words}>{children}</WordsContext.Provider>;
}

/** The texts of the current language. */
export function useWords(): Words {
  const words = useContext(WordsContext);
  if (!words) throw new Error('useWords needs a LanguageProvider');
  return words;
}

/** Chooses the language of the whole page. */
export function LanguageSwitch() {
  const { language, setLanguage, say } = useWords();
  return (
    <select
      class="input language-switch"
      aria-label={say('language')}
      value={language}
      onChange={({ currentTarget }) => setLanguage(currentTarget.value === 'zh' ? 'zh' : 'en')}
    >
      <option value="en" lang="en" aria-label="English">
        EN
      </option>
      <option value="zh" lang="zh-CN">
        中文
      </option>
    </select>
  );
}

function browserLanguage(): Language {
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** A browser may refuse storage; then the choice lasts as long as the page. */
function storedLanguage(): Language | null {
  try {
    const stored = localStorage.getItem(key);
    return stored === 'en' || stored === 'zh' ? stored : null;
  } catch {
    return null;
  }
}

function store(language: Language): void {
  try {
    localStorage.setItem(key, language);
  } catch {
    // Nothing to remember it with.
  }
}
