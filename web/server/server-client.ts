import type { PredictionChoices } from '../here/protocol.ts';
import { type ModelsBody, type PredictionBody, routes, urlOf } from '../product.ts';
import type { AskServer } from '../shell/view-props.ts';
import { PageError } from '../words/page-error.ts';
import { checkResponse } from './check-response.ts';

export type ServedModel = ModelsBody['models'][number];

const tokenKey = 'mask-rcnn-token';

/**
 * Sends a request to the server that the page came from. The token is kept for as long as the tab is open.
 * @throws PageError without a connection; AbortError by the signal.
 */
export const askServer: AskServer = async (path, init = {}) => {
  const headers = new Headers(init.headers);
  const token = sessionStorage.getItem(tokenKey);
  if (token) headers.set('authorization', `Bearer ${token}`);
  try {
    return await fetch(path, { ...init, headers });
  } catch (error) {
    // `fetch` throws a TypeError for every failure of the network.
    throw error instanceof TypeError ? new PageError('serverGone') : error;
  }
};

/**
 * Keeps the token in the page's URL (`#token=…`), as the server prints it, and removes it from the address bar and the
 * history.
 */
export function takeTokenFromUrl(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return;
  keepToken(token);
  history.replaceState(null, '', location.pathname + location.search);
}

/** Sets the token of further requests. */
export function keepToken(token: string): void {
  sessionStorage.setItem(tokenKey, token);
}

/** @throws TokenNeeded; Error with the problem's detail; AbortError by the signal. */
export async function listModels(signal: AbortSignal): Promise<ServedModel[]> {
  const response = await checkResponse(await askServer(urlOf(routes.listModels, {}), { signal }));
  return ((await response.json()) as ModelsBody).models;
}

interface ServerPrediction {
  model: string;
  score: number;
  choices: PredictionChoices;
  signal: AbortSignal;
}

/** @throws TokenNeeded; Error with the problem's detail; AbortError by the signal. */
export async function predictOnServer(
  picture: Blob,
  { model, score, choices, signal }: ServerPrediction,
): Promise<PredictionBody> {
  const { classes, maxDetections, tile } = choices;
  const url = urlOf(
    routes.predict,
    {},
    {
      model,
      score: String(score),
      ...(classes && { classes: classes.join(',') }),
      ...(maxDetections !== undefined && { maxDetections: String(maxDetections) }),
      ...(tile && { tile }),
    },
  );
  const response = await checkResponse(
    await askServer(url, {
      method: routes.predict.method,
      body: picture,
      headers: { 'content-type': picture.type || 'application/octet-stream', accept: 'application/json' },
      signal,
    }),
  );
  return (await response.json()) as PredictionBody;
}
