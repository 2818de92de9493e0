import { Problem } from '../../api/problem.ts';

/**
 * Refuses requests that a browser makes for a page of another origin, unless the page's origin is allowed: even where
 * such a page cannot read the answer, a form or a picture element could use the machine. Browsers say where a request
 * comes from in `Sec-Fetch-Site`, over plain HTTP only in `Origin`; other clients send neither. Links to the server
 * are followed.
 * @param request Its URL has the host by which the client addresses the server.
 * @param cors The allowed origin; `*` allows all. Default: none.
 * @throws Problem `cross-site`.
 */
export function refuseCrossSite({ method, url, headers }: Request, cors: string | undefined): void {
  const origin = headers.get('origin');
  const site = headers.get('sec-fetch-site');
  if (cors === '*' || (origin !== null && origin === cors)) return;
  if (site === 'same-origin') return;
  if (origin !== null && !isSameHost(origin, url)) throw crossSite(`the page is from ${origin}`);
  if (site === null || site === 'none' || isFollowedLink(method, headers)) return;
  throw crossSite(`the page is ${site}`);
}

/** Compares without the scheme, which a proxy in front of the server may have changed. */
function isSameHost(origin: string, url: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === new URL(url).host;
}

/** Whether a person goes to an address in a tab of its own, not in a frame. */
function isFollowedLink(method: string, headers: Headers): boolean {
  const reads = method === 'GET' || method === 'HEAD';
  return (
    reads && headers.get('sec-fetch-mode') === 'navigate' && headers.get('sec-fetch-dest') === 'document'
  );
}

function crossSite(found: string): Problem {
  return new Problem('cross-site', `${found}; allow pages of another origin with --cors ORIGIN`);
}
