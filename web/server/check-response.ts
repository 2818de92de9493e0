import type { ProblemDocument, ProblemKind } from '../product.ts';
import { ServerProblem } from '../words/page-error.ts';

/** The server requires a token, or another one. */
export class TokenNeeded extends ServerProblem {
  override name = 'TokenNeeded';
}

/**
 * Passes on a successful response.
 * @throws TokenNeeded for status 401; ServerProblem with the problem's title and detail; Error with the status if the
 * response is not a problem document.
 */
export async function checkResponse(response: Response): Promise<Response> {
  if (response.ok) return response;
  const problem = (await response.json().catch(() => null)) as Partial<ProblemDocument> | null;
  const { status, statusText } = response;
  if (!problem?.title && status !== 401) throw new Error(`${status} ${statusText}`);
  const { type = '', title = String(status), detail = statusText } = problem ?? {};
  const kind = type.slice(type.lastIndexOf(':') + 1) as ProblemKind;
  throw status === 401
    ? new TokenNeeded('unauthorized', title, detail)
    : new ServerProblem(kind, title, detail);
}
