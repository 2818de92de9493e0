import { expect, test } from 'vitest';
import { parseQueueAddress } from './address.ts';

test('an address has a port, a database and credentials, which its printed form leaves out', () => {
  expect(parseQueueAddress('redis://queue.example', {})).toEqual({
    host: 'queue.example',
    port: 6379,
    db: 0,
    username: undefined,
    password: undefined,
    tls: false,
    shown: 'redis://queue.example:6379',
  });
  expect(parseQueueAddress('rediss://me:p%40ss@[::1]:7000/2', {})).toEqual({
    host: '::1',
    port: 7000,
    db: 2,
    username: 'me',
    password: 'p@ss',
    tls: true,
    shown: 'rediss://[::1]:7000/2',
  });
});

test('the password comes from the environment where the address has none', () => {
  const environment = { MASK_RCNN_QUEUE_PASSWORD: 'secret' };
  expect(parseQueueAddress('redis://h', environment).password).toBe('secret');
  expect(parseQueueAddress('redis://:other@h', environment).password).toBe('other');
});

test('what is not an address is refused without repeating credentials', () => {
  const refused = (text: string) => () => parseQueueAddress(text, {});
  expect(refused('localhost:6379')).toThrow('--queue localhost:6379: expected redis://HOST:PORT');
  expect(refused('http://me:secret@host')).toThrow('--queue http://host: expected redis://');
  expect(refused('redis://:secret@h/jobs')).toThrow('--queue redis://h:6379/jobs: expected the number');
  const unescaped = refused('redis://:pa%ss@127.0.0.1:6379');
  expect(unescaped).toThrow(/^--queue redis:\/\/127\.0\.0\.1:6379: a % in the user name or password .*%25/);
  expect(unescaped).not.toThrow('pa%ss');
});
