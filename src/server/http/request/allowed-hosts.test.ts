import { describe, expect, test } from 'vitest';
import { allowedHosts, checkHost, hostName } from './allowed-hosts.ts';

const loopback = { host: '127.0.0.1', address: '127.0.0.1', names: [] };

describe.each([
  ['loopback', loopback],
  ['an address of the network', { host: '192.0.2.7', address: '192.0.2.7', names: [] }],
  ['all interfaces', { host: '0.0.0.0', address: '0.0.0.0', names: [] }],
])('a server bound to %s', (_name, options) => {
  const allowed = allowedHosts(options);
  test.each([
    'http://localhost:8080/',
    'http://LOCALHOST./',
    'http://page.localhost:1/',
    'http://127.0.0.1:8080/',
    'http://127.9.9.9/',
    'http://0x7f000001/',
    'http://[::1]:8080/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://[::ffff:127.0.0.1]/',
    `http://${options.address}/`,
  ])('answers to %s', (url) => {
    expect(() => checkHost(url, allowed)).not.toThrow();
  });

  test.each([
    'http://evil.example:8080/',
    'http://localhost.evil.example/',
    'http://evillocalhost/',
    'http://127.0.0.1.evil.example/',
    'http://127.evil.example/',
  ])('does not answer to %s', (url) => {
    const { hostname } = new URL(url);
    expect(() => checkHost(url, allowed)).toThrow(
      expect.objectContaining({ kind: 'unknown-host', message: expect.stringContaining(hostname) }),
    );
  });
});

test('every IP address belongs to a server bound to all interfaces, and only to it', () => {
  for (const host of ['0.0.0.0', '::']) {
    const allowed = allowedHosts({ host, address: host, names: [] });
    for (const ip of ['192.0.2.8', '[2001:db8::1]', '[::]']) expect(allowed(ip)).toBe(true);
  }
  for (const ip of ['192.0.2.8', '[2001:db8::1]', '[::]']) expect(allowedHosts(loopback)(ip)).toBe(false);
});

test('given names are compared as URLs write them', () => {
  const names = ['GPU-Box.', 'example.org', '2001:DB8::0:1', 'münchen.example'];
  const allowed = allowedHosts({ host: 'box.lan', address: '192.0.2.7', names });
  for (const host of ['gpu-box', 'example.org', '[2001:db8::1]', 'xn--mnchen-3ya.example', 'box.lan'])
    expect(allowed(host), host).toBe(true);
  expect(allowed('www.example.org')).toBe(false);
});

test.each(['', 'a b', 'http://a', 'a:80', 'a:', 'a/b', 'u@a', '[::1]:80', 'a?b', 'a#b', '[a]'])(
  '%j is not a host',
  (text) => {
    expect(hostName(text)).toBeNull();
  },
);
