import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { CocoData } from './dataset.ts';
import { checkFrames, pictureFiles } from './picture-files.ts';

const folder = new TestFolder();
beforeAll(async () => {
  await folder.picture('plain.png', 30, 20);
  await sharp({ create: { width: 30, height: 20, channels: 3, background: '#fff' } })
    .withMetadata({ orientation: 6 })
    .toFile(folder.at('turned.jpg'));
  await folder.picture('swapped.png', 20, 30);
  folder.write('damaged.png', 'x');
});
afterAll(() => folder.remove());

const of = (...names: string[]) => {
  const images = names.map((file_name, id) => ({ id, file_name, width: 30, height: 20 }));
  return pictureFiles(new CocoData({ images, annotations: [], categories: [] }, 'data.json'), {
    folder: folder.at('.'),
  });
};

test('annotations of the unrotated picture are found before anything is predicted', async () => {
  await expect(checkFrames(of('plain.png', 'damaged.png'), 'leave')).resolves.toBeUndefined();
  await expect(checkFrames(of('plain.png', 'damaged.png'), 'refuse')).rejects.toThrow('is not a picture');
  await expect(checkFrames(of('plain.png', 'turned.jpg'), 'leave')).rejects.toThrow(
    /turned\.jpg: expected 30×20 pixels, got a picture of 20×30, with its EXIF orientation applied; were/,
  );
  await expect(checkFrames(of('swapped.png'), 'leave')).rejects.toThrow(
    /swapped\.png: expected 30×20 pixels, got a picture of 20×30$/,
  );
});

test('names with a backslash are files in a folder, and missing ones are listed as they are written', async () => {
  await folder.picture('deep/a.png', 30, 20);
  expect(of('deep\\a.png')[0].path).toBe(folder.at('deep/a.png'));
  expect(() => of('deep\\b.png')).toThrow(/is missing 1 of 1 picture: deep\\b\.png$/);
});
