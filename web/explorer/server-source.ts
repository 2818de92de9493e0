import { type ExplanationBody, type FocusWish, type PoolerName, routes, urlOf } from '../product.ts';
import { checkResponse } from '../server/check-response.ts';
import type { ExplorerProps } from '../shell/view-props.ts';
import { PageError } from '../words/page-error.ts';
import type { ExplainSource } from './explain-source.ts';

/** The stages as explained by the server, which remembers the picture's prediction for a while. */
export function serverSource(
  { picture, model, askServer }: Pick<ExplorerProps, 'picture' | 'model' | 'askServer'>,
  pooler: PoolerName | null,
): ExplainSource {
  const closed = new AbortController();
  const explain = async (query: Record<string, string>, accept: string): Promise<Response> =>
    checkResponse(
      await askServer(urlOf(routes.explain, {}, { model, ...(pooler && { pooler }), ...query }), {
        method: routes.explain.method,
        headers: { accept, 'content-type': picture.type || 'application/octet-stream' },
        body: picture,
        signal: closed.signal,
      }),
    );
  const explainJson = async (query: Record<string, string>): Promise<ExplanationBody> =>
    (await explain(query, 'application/json')).json();
  return {
    async open() {
      const { stages, focus } = await explainJson({});
      if (!stages) throw new PageError('noStages');
      return { stages, focus };
    },
    follow: async (wish) => (await explainJson({ ...queryOf(wish), part: 'focus' })).focus,
    report: async (wish, language) =>
      (await explain({ ...queryOf(wish), lang: language }, 'text/html')).blob(),
    close: () => closed.abort(),
  };
}

/** The server counts from 1. */
function queryOf({ instance, proposal }: FocusWish): Record<string, string> {
  return {
    ...(instance === undefined ? {} : { instance: String(instance + 1) }),
    ...(proposal === undefined ? {} : { proposal: String(proposal + 1) }),
  };
}
