import { render } from 'preact';
import { App } from './shell/app.tsx';
import { LanguageProvider } from './words/language.tsx';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/segment.css';

const root = document.getElementById('app');
if (root) {
  render(
    <LanguageProvider>
      <App />
    </LanguageProvider>,
    root,
  );
}
