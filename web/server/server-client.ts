import type { ModelsBody } from '../../src/server/http/schemas.ts';
import type { Results } from '../segment/found.ts';
import type { AskServer } from '../shell/view-props.ts';

export type ServedModel = ModelsBody['models'][number];

/** The part of the server's answer that the page uses; `total` is in milliseconds. */
export interface PredictionAnswer extends Results {
  timings: { total: number };
}

/** The server wants a token, or another one. */
export class TokenNeeded extends Error {
  override name = 'TokenNeeded';
}

const tokenKey = 'mask-rcnn-token';

/** Asks the server that the page came from; the token lasts as long as the tab. */
export const askServer: AskServer = (path, init = {}) => {
  const headers = new Headers(init.headers);
  const token = sessionStorage.getItem(tokenKey);
  if (token) headers.set('authorization', `Bearer ${token}`);
  return fetch(path, { ...init, headers });
};

/** The token of further requests. */
export function keepToken(token: string): void {
  sessionStorage.setItem(tokenKey, token);
}

/** @throws TokenNeeded, or Error with the problem's detail. */
export async function listModels(signal: AbortSignal): Promise<ServedModel[]> {
  const response = await checked(await askServer('v1/models', { signal }));
  return ((await response.json()) as ModelsBody).models;
}

/** @throws TokenNeeded, or Error with the problem's detail; AbortError by the signal. */
export async function predictOnServer(
  picture: Blob,
  { model, score, signal }: { model: string; score: number; signal: AbortSignal },
): Promise<PredictionAnswer> {
  const query = new URLSearchParams({ model, score: String(score) });
  const response = await checked(
    await askServer(`v1/predict?${query}`, {
      method: 'POST',
      body: picture,
      headers: { 'content-type': picture.type || 'application/octet-stream', accept: 'application/json' },
      signal,
    }),
  );
  return (await response.json()) as PredictionAnswer;
}

async function checked(response: Response): Promise<Response> {
  if (response.ok) return response;
  const problem = (await response.json().catch(() => null)) as { title?: string; detail?: string } | null;
  const reason = problem?.title
    ? `${problem.title}: ${problem.detail}`
    : `${response.status} ${response.statusText}`;
  throw response.status === 401 ? new TokenNeeded(reason) : new Error(reason);
}
