/** Mounts one view of the page, as the shell does; the URL says which one and with what. */
import { type ComponentChild, render } from 'preact';
import { Explorer } from '../../../web/explorer/explorer.tsx';
import { TrainingView } from '../../../web/training/training-view.tsx';
import { LanguageProvider, LanguageSwitch } from '../../../web/words/language.tsx';
import '../../../web/styles/base.css';
import '../../../web/styles/tokens.css';

const query = new URLSearchParams(location.search);
const askServer = (path: string, init?: RequestInit) => fetch(`${query.get('server')}/${path}`, init);
const openModel = async () => (await fetch('/model.safetensors')).arrayBuffer();
const root = document.getElementById('app') as HTMLElement;
const show = (view: ComponentChild) =>
  render(
    <LanguageProvider>
      <LanguageSwitch />
      {view}
    </LanguageProvider>,
    root,
  );

if (query.get('view') === 'training') {
  show(<TrainingView hasServer={query.has('server')} askServer={askServer} />);
} else {
  const picture = await (await fetch('/picture.png')).blob();
  const source = query.get('source') === 'here' ? 'here' : 'server';
  const name = 'picture.png';
  const props = { picture, name, source, model: query.get('model') ?? '', openModel, askServer } as const;
  show(<Explorer {...props} />);
}
