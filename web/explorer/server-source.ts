import type { FocusWish } from '../../src/browser.ts';
import type { ExplorerProps } from '../shell/view-props.ts';
import type { ExplainSource } from './explain-source.ts';

/** The stages as the server's `/v1/explain` tells them; it remembers the picture's for a while. */
export function serverSource({
  picture,
  model,
  askServer,
}: Pick<ExplorerProps, 'picture' | 'model' | 'askServer'>): ExplainSource {
  const gone = new AbortController();
  const ask = async (query: Record<string, string>, accept: string): Promise<Response> => {
    const parameters = new URLSearchParams({ model, ...query });
    const response = await askServer(`v1/explain?${parameters}`, {
      method: 'POST',
      headers: { accept, 'content-type': picture.type || 'application/octet-stream' },
      body: picture,
      signal: gone.signal,
    });
    if (response.ok) return response;
    const problem = (await response.json().catch(() => null)) as { title: string; detail: string } | null;
    throw new Error(
      problem ? `${problem.title}: ${problem.detail}` : `the server answered ${response.status}`,
    );
  };
  const json = async (query: Record<string, string>) => (await ask(query, 'application/json')).json();
  return {
    open: async () => json({}),
    follow: async (wish) => (await json({ ...inQuery(wish), part: 'focus' })).focus,
    report: async (wish, language) => (await ask({ ...inQuery(wish), lang: language }, 'text/html')).blob(),
    close: () => gone.abort(),
  };
}

/** The server counts from 1, as people do. */
function inQuery({ instance, proposal }: FocusWish): Record<string, string> {
  return {
    ...(instance === undefined ? {} : { instance: String(instance + 1) }),
    ...(proposal === undefined ? {} : { proposal: String(proposal + 1) }),
  };
}
