import { isIP } from 'node:net';
import { Problem } from '../../api/problem.ts';
import { isLoopback, isWildcard } from '../bound-address.ts';

/** Whether a host, as `hostName` normalises it, is one of the server's own. */
export type AllowedHosts = (host: string) => boolean;

/**
 * The hosts by which clients may address the server. A page of another site can point its own domain at the server (DNS
 * rebinding) and is then of the server's origin, but its requests name that domain. Allowed are loopback names, the
 * name and address that the server is bound to, and the given names; bound to all interfaces, every IP address is its
 * own.
 * @param options `host` is the name to bind to, `address` its IP address, `names` more names.
 */
export function allowedHosts(options: {
  host: string;
  address: string;
  names: readonly string[];
}): AllowedHosts {
  const { host, address, names } = options;
  const own = new Set([host, address, ...names].map((name) => hostName(name) ?? name));
  return (name) => {
    const ip = name.replace(/^\[|\]$/g, '');
    if (name === 'localhost' || name.endsWith('.localhost') || isLoopback(ip)) return true;
    return own.has(name) || (isWildcard(address) && isIP(ip) !== 0);
  };
}

/**
 * Normalises a host without a port as URLs do: lower case, IP addresses in their shortest form, IPv6 in brackets.
 * @returns Null if it is not a host.
 */
export function hostName(text: string): string | null {
  const bare = text.replace(/%.*$/, '');
  const host = isIP(bare) === 6 ? `[${bare}]` : text;
  if (/[\s/\\?#@]|:\d*$/.test(host) || !URL.canParse(`http://${host}`)) return null;
  return new URL(`http://${host}`).hostname.replace(/(?<=.)\.$/, '');
}

/**
 * Checks the host of a request's URL, which is that of its `Host` header.
 * @throws Problem `unknown-host`.
 */
export function checkHost(url: string, allowed: AllowedHosts): void {
  const { hostname } = new URL(url);
  const name = hostName(hostname) ?? hostname;
  if (allowed(name)) return;
  throw new Problem('unknown-host', `this server is not called ${name}; allow it with --allow-host ${name}`);
}
