import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { MaskRcnnError, messageOf } from '../../core/errors.ts';

/**
 * Resolves the address to listen on, before anything is started for it.
 * @param host A name or an IP address.
 * @throws MaskRcnnError if the name has no address.
 */
export async function boundAddress(host: string): Promise<string> {
  try {
    return (await lookup(host)).address;
  } catch (error) {
    throw new MaskRcnnError(`cannot listen on ${host}: ${messageOf(error)}`);
  }
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** Whether a text is an IP address that only this machine can reach. */
export function isLoopback(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && loopback.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/** Whether listening on an IP address means listening on all addresses of the machine. */
export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}
