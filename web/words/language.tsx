import { type ComponentChildren, createContext } from 'preact';
import { useContext, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import type { Language } from '../product.ts';
import { recall, remember } from '../shell/remembered.ts';
import { type Say, sayIn } from './say.ts';

interface Words {
  language: Language;
  setLanguage: (language: Language) => void;
  say: Say;
}

const WordsContext = createContext<Words | null>(null);

/** Gives everything inside it the language: the remembered one, else the browser's. */
export function LanguageProvider({ children }: { children: ComponentChildren }) {
  const [language, setLanguage] = useState(() => storedLanguage() ?? browserLanguage());
  useLayoutEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  const words = useMemo(() => {
    const choose = (chosen: Language) => {
      remember('language', chosen);
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
      <option value="en" lang="en">
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

function storedLanguage(): Language | null {
  const stored = recall('language');
  return stored === 'en' || stored === 'zh' ? stored : null;
}
