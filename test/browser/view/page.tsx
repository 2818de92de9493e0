/** Mounts one view of the page alone, as the shell does; the test says by the address which and with what. */
import { render } from 'preact';
import { Explorer } from '../../../web/explorer/explorer.tsx';
import { TrainingView } from '../../../web/training/training-view.tsx';
import '../../../web/styles/base.css';
import '../../../web/styles/tokens.css';

const query = new URLSearchParams(location.search);
const askServer = (path: string, init?: RequestInit) => fetch(`${query.get('server')}/${path}`, init);
const openModel = async () => (await fetch('/model.safetensors')).arrayBuffer();
const root = document.getElementById('app') as HTMLElement;

if (query.get('view') === 'training') {
  render(<TrainingView hasServer={query.has('server')} askServer={askServer} />, root);
} else {
  const picture = await (await fetch('/picture.png')).blob();
  const source = query.get('source') === 'here' ? 'here' : 'server';
  const props = { picture, source, model: query.get('model') ?? '', openModel, askServer } as const;
  render(<Explorer {...props} />, root);
}
