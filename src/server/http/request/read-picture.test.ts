import { expect, test } from 'vitest';
import { readPicture } from './read-picture.ts';

const jpeg = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0]);

test.each(['application/x-www-form-urlencoded', 'text/plain', 'image/png', undefined])(
  'the first bytes decide what a body of type %s is',
  async (type) => {
    const headers = new Headers(type === undefined ? {} : { 'content-type': type });
    expect(await readPicture(headers, jpeg)).toEqual({ file: jpeg, name: null });
    await expect(readPicture(headers, Buffer.from('a=b'))).rejects.toThrow(
      /expected a picture .* none of these/,
    );
  },
);
