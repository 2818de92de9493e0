import { mkdirSync, symlinkSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { TestFolder } from '../../test/support/folder.ts';
import { permittedPlace } from './permissions.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

folder.write('root/a.png', 'x');
folder.write('secret.png', 'x');
mkdirSync(folder.at('root/sub'));
symlinkSync(folder.at('secret.png'), folder.at('root/link.png'));
symlinkSync(folder.at('root/a.png'), folder.at('root/sub/inner.png'));
symlinkSync(folder.path, folder.at('root/up'));

const root = folder.at('root');
const none = { root, httpHosts: [], buckets: [] };

test('paths are resolved against the root and must stay inside it', async () => {
  const file = (path: string) => ({ kind: 'file', path: folder.at(path) });
  expect(await permittedPlace('a.png', none)).toEqual(file('root/a.png'));
  expect(await permittedPlace(folder.at('root/a.png'), none)).toEqual(file('root/a.png'));
  expect(await permittedPlace('sub/inner.png', none)).toEqual(file('root/a.png'));
  expect(await permittedPlace('new/folder', none)).toEqual(file('root/new/folder'));
});

test.each(['../secret.png', '/etc/passwd', 'link.png', 'up/secret.png', 'sub/../../secret.png', 'up/new'])(
  '%s is refused, because it leaves the root',
  async (path) => {
    await expect(permittedPlace(path, none)).rejects.toThrow(
      `${path}: is refused: it lies outside this worker's --root`,
    );
  },
);

test('addresses need the permission for their host or bucket', async () => {
  const some = { root, httpHosts: ['photos.example:8443'], buckets: ['pictures'] };
  expect(await permittedPlace('https://photos.example:8443/a.png', some)).toEqual({
    kind: 'http',
    address: 'https://photos.example:8443/a.png',
    redirect: 'error',
  });
  expect(await permittedPlace('s3://pictures/a/b.png', some)).toEqual({
    kind: 's3',
    bucket: 'pictures',
    key: 'a/b.png',
  });
  const refused = ['http://169.254.169.254/latest', 'https://photos.example/a.png', 's3://other/a.png'];
  for (const address of refused) {
    await expect(permittedPlace(address, some)).rejects.toThrow(`${address}: is refused: this worker was`);
  }
  await expect(permittedPlace('file:///etc/passwd', some)).rejects.toThrow('expected a path, http(s)');
  await expect(permittedPlace('https://me:secret@photos.example:8443/', some)).rejects.toThrow(
    /^https:\/\/photos.example:8443: is refused: the address holds credentials$/,
  );
});
