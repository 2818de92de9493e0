import type { ProblemDocument } from '../product.ts';

/** The server requires a token, or another one. */
export class TokenNeeded extends Error {
  override name = 'TokenNeeded';
}

/**
 * Passes on a successful response.
 * @throws TokenNeeded for status 401, otherwise Error, with the problem's title and detail.
 */
export async function checkResponse(response: Response): Promise<Response> {
  if (response.ok) return response;
  const problem = (await response.json().catch(() => null)) as Partial<ProblemDocument> | null;
  const reason = problem?.title
    ? `${problem.title}: ${problem.detail}`
    : `${response.status} ${response.statusText}`;
  throw response.status === 401 ? new TokenNeeded(reason) : new Error(reason);
}
