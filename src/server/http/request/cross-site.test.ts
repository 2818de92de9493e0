import { expect, test } from 'vitest';
import { refuseCrossSite } from './cross-site.ts';

type Sent = Record<string, string>;

const check = (headers: Sent, { cors, method = 'POST' }: { cors?: string; method?: string } = {}) =>
  refuseCrossSite(new Request('http://box:8080/v1/predict', { method, headers }), cors);

const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'cross-site' };

test.each<[string, Sent, { cors?: string; method?: string }]>([
  ['a tool that sends neither header', {}, {}],
  ['the page over HTTPS or on localhost', { 'sec-fetch-site': 'same-origin', origin: 'http://box:8080' }, {}],
  ['the page over plain HTTP', { origin: 'http://box:8080' }, {}],
  ['the page behind a proxy with TLS', { origin: 'https://box:8080' }, {}],
  ['the page behind a proxy of another name', { 'sec-fetch-site': 'same-origin', origin: 'https://a.b' }, {}],
  ['an address typed in', { 'sec-fetch-site': 'none' }, { method: 'GET' }],
  ['a link of another site', { ...navigation, 'sec-fetch-dest': 'document' }, { method: 'GET' }],
  [
    'the allowed origin',
    { 'sec-fetch-site': 'cross-site', origin: 'https://example.org' },
    { cors: 'https://example.org' },
  ],
  ['any origin, if all are allowed', { 'sec-fetch-site': 'cross-site', origin: 'null' }, { cors: '*' }],
  ['a picture element, if all are allowed', { 'sec-fetch-site': 'cross-site' }, { cors: '*', method: 'GET' }],
])('%s is let in', (_name, headers, options) => {
  expect(() => check(headers, options)).not.toThrow();
});

test.each<[string, Sent, { cors?: string; method?: string }]>([
  [
    'a form of another site',
    { ...navigation, 'sec-fetch-dest': 'document', origin: 'https://evil.example' },
    {},
  ],
  ['a form that hides its origin', { ...navigation, 'sec-fetch-dest': 'document' }, {}],
  ['a form over plain HTTP', { origin: 'http://evil.example' }, {}],
  ['a sandboxed frame or a file', { origin: 'null' }, {}],
  ['another port of the machine', { 'sec-fetch-site': 'same-site', origin: 'http://box:3000' }, {}],
  ['another port over plain HTTP', { origin: 'http://box:3000' }, {}],
  ['a picture element', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, { method: 'GET' }],
  ['a frame', { ...navigation, 'sec-fetch-dest': 'iframe' }, { method: 'GET' }],
  ['an origin that is none', { origin: 'evil' }, {}],
  ['another origin than the allowed', { origin: 'https://example.com' }, { cors: 'https://example.org' }],
  [
    'a longer origin than the allowed',
    { origin: 'https://example.org.evil' },
    { cors: 'https://example.org' },
  ],
])('%s is refused', (_name, headers, options) => {
  expect(() => check(headers, options)).toThrow(expect.objectContaining({ kind: 'cross-site' }));
});
