import { afterAll, describe, expect, test } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { encodeBitmap } from '../../ops/rle/bitmap.ts';
import { maskOf } from '../coco/truth.ts';
import { cvat } from './cvat.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

const meta =
  '<version>1.1</version><meta><task><labels><label><name>dog</name></label><label><name>cat &amp; co</name></label>' +
  '<label><name>tail</name><parent>dog</parent></label></labels></task></meta>';

function xml(shapes: string, head = meta): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n<annotations>${head}
<image id="0" name="sub/b.jpg" width="50" height="40">${shapes}</image>
<image id="1" name="a.jpg" width="30" height="20"/></annotations>`;
}

function write(name: string, shapes: string, head?: string): string {
  return folder.write(`${name}/annotations.xml`, xml(shapes, head));
}

const points = 'points="10.00,5.00;20.00,5.00;20.00,15.00;10.00,15.00"';
const square = [10, 5, 20, 5, 20, 15, 10, 15];

describe('CVAT', () => {
  test('shapes in the order of the file, labels in the order of the task', async () => {
    const path = write(
      'shapes',
      `<polygon label="cat &amp; co" source="manual" occluded="0" ${points} z_order="0"><attribute name="a">1</attribute></polygon>
       <box label="dog" occluded="0" xtl="1.5" ytl="2" xbr="11.5" ybr="22" z_order="1"></box>
       <ellipse label="dog" cx="25" cy="20" rx="10" ry="4" rotation="90" occluded="0"/>
       <box label="dog" xtl="20" ytl="10" xbr="30" ybr="14" rotation="90" occluded="0"/>`,
    );
    const { dataset, skipped } = await cvat.convert(folder.at('shapes'), {});
    expect(skipped).toEqual({});
    expect(dataset.categories).toEqual([
      { id: 1, name: 'dog' },
      { id: 2, name: 'cat & co' },
    ]);
    expect(dataset.images).toEqual([
      { id: 1, file_name: 'a.jpg', width: 30, height: 20 },
      { id: 2, file_name: 'sub/b.jpg', width: 50, height: 40 },
    ]);
    const [polygon, box, ellipse, rotated] = dataset.annotations;
    expect(polygon).toEqual({
      id: 1,
      image_id: 2,
      category_id: 2,
      segmentation: [square],
      bbox: [10, 5, 10, 10],
      area: 100,
      iscrowd: 0,
    });
    expect(box).toEqual({
      id: 2,
      image_id: 2,
      category_id: 1,
      bbox: [1.5, 2, 10, 20],
      area: 200,
      iscrowd: 0,
    });
    expect(ellipse.bbox?.map(Math.round)).toEqual([21, 10, 8, 20]);
    // A quarter turn about (25, 12) of a box 10 wide and 4 high.
    expect(rotated.bbox).toEqual([23, 7, 4, 10]);
    expect(await cvat.convert(path, {})).toEqual({ dataset, skipped });
  });

  test('a mask: runs along the rows of its box, background first', async () => {
    // 3 × 2 pixels: . # # / # # .
    const path = write('mask', '<mask label="dog" rle="1, 4, 1" left="40" top="30" width="3" height="2"/>');
    const [annotation] = (await cvat.convert(path, {})).dataset.annotations;
    const expected = encodeBitmap(Uint8Array.of(0, 1, 1, 1, 1, 0), [2, 3], {
      size: [40, 50],
      left: 40,
      top: 30,
    });
    expect(maskOf(annotation, { width: 50, height: 40 })).toEqual(expected);
    expect(annotation).toMatchObject({ area: 4, bbox: [40, 30, 3, 2] });
  });

  test('shapes of one group and label are one object', async () => {
    const small = 'points="1,1;4,1;4,4;1,4"';
    const path = write(
      'group',
      `<polygon label="dog" ${points} group_id="1"/><polygon label="dog" ${small} group_id="1"/>
       <polygon label="dog" ${points} group_id="0"/><polygon label="dog" ${small} group_id="0"/>
       <mask label="dog" rle="0,1" left="0" top="0" width="1" height="1" group_id="2"/><polygon label="dog" ${small} group_id="2"/>`,
    );
    const { annotations } = (await cvat.convert(path, {})).dataset;
    expect(annotations.map(({ area }) => area)).toEqual([109, 100, 9, 10]);
  });

  test('a box in a group is the box of the masks beside it; of boxes alone it is the box around them', async () => {
    const path = write(
      'boxes',
      `<box label="dog" xtl="0" ytl="0" xbr="40" ybr="30" group_id="1"/><polygon label="dog" ${points} group_id="1"/>
       <box label="dog" xtl="1" ytl="2" xbr="5" ybr="6" group_id="2"/><box label="dog" xtl="4" ytl="1" xbr="9" ybr="3" group_id="2"/>`,
    );
    const [masked, boxed] = (await cvat.convert(path, {})).dataset.annotations;
    expect(masked).toMatchObject({ segmentation: [square], bbox: [10, 5, 10, 10], area: 100 });
    expect(boxed).toMatchObject({ bbox: [1, 1, 8, 5], area: 40 });
    expect(boxed.segmentation).toBeUndefined();
  });

  test('shapes without area are counted', async () => {
    const path = write(
      'skipped',
      `<polyline label="dog" ${points}/><points label="dog" points="1,1"/><tag label="dog"/><tag label="dog"/>`,
    );
    expect((await cvat.convert(path, {})).skipped).toEqual({
      '<points> elements, which have no area': 1,
      '<polyline> elements, which have no area': 1,
      '<tag> elements, which have no area': 2,
    });
  });

  test('without labels in the head, categories are those used, by name', async () => {
    const path = write('headless', `<polygon label="z" ${points}/><polygon label="a" ${points}/>`, '');
    expect((await cvat.convert(path, {})).dataset.categories.map(({ name }) => name)).toEqual(['a', 'z']);
  });

  test('names are looked up in --images', async () => {
    const path = write('images', '');
    await folder.picture('photos/a.jpg', 30, 20);
    await folder.picture('photos/deep/b.jpg', 50, 40);
    const { images } = (await cvat.convert(path, { images: folder.at('photos') })).dataset;
    expect(images.map(({ file_name }) => file_name)).toEqual(['a.jpg', 'deep/b.jpg']);
  });

  test.each([
    [
      'half a point',
      '<polygon label="dog" points="1,1;2"/>',
      'image sub/b.jpg: <polygon>: expected points "x0,y0;x1,y1;…", got "1,1;2"',
    ],
    ['no label', `<polygon ${points}/>`, '<polygon>: expected an attribute label, got none'],
    [
      'text for a number',
      '<box label="dog" xtl="a" ytl="2" xbr="3" ybr="4"/>',
      '<box>: expected a number from -16777216 to 16777216 as xtl, got "a"',
    ],
    ['a radius of light years', '<ellipse label="dog" cx="1" cy="1" rx="1e17" ry="4"/>', 'as rx, got "1e17"'],
    [
      'a mask of gigabytes',
      '<mask label="dog" rle="1,9" left="0" top="0" width="60000" height="60000"/>',
      '<mask>: its mask has 60000×60000 pixels, more than the limits',
    ],
    ['deep nesting', '<a>'.repeat(500) + '</a>'.repeat(500), 'Maximum nested tags'],
    ['a reserved name', '<constructor/>', 'cannot be read'],
    [
      'long runs',
      '<mask label="dog" rle="1,9" left="0" top="0" width="3" height="2"/>',
      '<mask>: expected rle to fill width 3 × height 2 = 6 pixels, got 10',
    ],
    ['another element', '<blob label="dog"/>', '<blob>: expected polygon, box, ellipse, mask'],
    [
      'a label of no task',
      `<polygon label="cow" ${points}/>`,
      'image sub/b.jpg: <polygon>: expected a label of the task (dog, cat & co), got "cow"',
    ],
  ])('%s', async (name, shapes, message) => {
    const path = write(name, shapes);
    await expect(cvat.convert(path, {})).rejects.toThrow(`${path}: `);
    await expect(cvat.convert(path, {})).rejects.toThrow(message);
  });

  test('a box without an area is counted, a task without pictures is refused', async () => {
    const path = write('flat', '<box label="dog" xtl="5" ytl="2" xbr="5" ybr="9"/>');
    expect((await cvat.convert(path, {})).skipped).toEqual({ 'boxes without an area': 1 });
    const none = folder.write('none.xml', `<annotations>${meta}</annotations>`);
    await expect(cvat.convert(none, {})).rejects.toThrow(
      `${none}: expected pictures with annotations, got none`,
    );
  });

  test('files that are not CVAT for images', async () => {
    const video = folder.write('video.xml', '<annotations><track id="0" label="car"></track></annotations>');
    await expect(cvat.convert(video, {})).rejects.toThrow('expected CVAT for images, got CVAT for video');
    const voc = folder.write('voc.xml', '<annotation></annotation>');
    await expect(cvat.convert(voc, {})).rejects.toThrow('expected <annotations>, got <annotation>');
    const broken = folder.write('broken.xml', '<annotations>\n<image></annotations>');
    await expect(cvat.convert(broken, {})).rejects.toThrow(
      /broken\.xml: not well-formed XML at line 2, column \d+: /,
    );
    const text = folder.write('text.xml', 'hello');
    await expect(cvat.convert(text, {})).rejects.toThrow(/text\.xml: not well-formed XML/);
    const size = folder.write(
      'size.xml',
      '<annotations><image name="a" width="0" height="3"/></annotations>',
    );
    await expect(cvat.convert(size, {})).rejects.toThrow('<image>: expected pixels > 0 as width, got 0');
  });
});
