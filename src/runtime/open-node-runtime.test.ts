import { expect, test } from 'vitest';
import { fallbackNotice } from './open-node-runtime.ts';

test('a missing native library is announced in one line with the remedy', () => {
  expect(
    fallbackNotice(
      Object.assign(new Error("Cannot find package 'onnxruntime-node'"), { code: 'ERR_MODULE_NOT_FOUND' }),
    ),
  ).toBe(
    'onnxruntime-node is not installed; running on WebAssembly, which is several times slower. To add it: ONNXRUNTIME_NODE_INSTALL=skip npm install',
  );
});

test('a native library that does not load is announced in one line with the reason', () => {
  const error = Object.assign(new Error('ld-linux.so.2: no such file\n  (needed by libonnxruntime.so.1)'), {
    code: 'ERR_DLOPEN_FAILED',
  });
  expect(fallbackNotice(error)).toBe(
    'onnxruntime-node cannot be loaded (ld-linux.so.2: no such file (needed by libonnxruntime.so.1)); running on WebAssembly, which is several times slower',
  );
});
