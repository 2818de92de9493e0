import fc from 'fast-check';
import sharp from 'sharp';
import { type FuzzInput, single } from '../input.ts';
import { byteEdits } from './bytes.ts';
import { editedJson } from './json.ts';

const ring = [2, 2, 20, 2, 20, 15, 2, 15];
const coco = {
  info: { description: 'a' },
  images: [{ id: 1, file_name: 'a.png', width: 30, height: 20, neg_category_ids: [2] }],
  categories: [
    { id: 1, name: 'cat', keypoints: ['left_eye', 'nose'], skeleton: [[1, 2]] },
    { id: 2, name: 'dog' },
  ],
  annotations: [
    { id: 1, image_id: 1, category_id: 1, bbox: [2, 2, 18, 13], area: 234, iscrowd: 0, segmentation: [ring] },
    {
      id: 2,
      image_id: 1,
      category_id: 2,
      bbox: [0, 0, 30, 20],
      iscrowd: 1,
      segmentation: { size: [20, 30], counts: [0, 600] },
    },
    { id: 3, image_id: 1, category_id: 2, segmentation: { size: [20, 30], counts: 'd0d08d0' } },
    {
      id: 4,
      image_id: 1,
      category_id: 1,
      bbox: [1, 1, 5, 5],
      keypoints: [1, 1, 2, 4, 4, 1],
      num_keypoints: 2,
    },
  ],
};

const results = [
  {
    image_id: 1,
    category_id: 1,
    score: 0.9,
    bbox: [2, 2, 18, 13],
    segmentation: { size: [20, 30], counts: 'd0d08d0' },
  },
  { image_id: 1, category_id: 2, score: 0.5, segmentation: [ring] },
  { image_id: 1, category_id: 1, score: 0.4, segmentation: { size: [20, 30], counts: [10, 20, 570] } },
  { image_id: 1, category_id: 1, score: 0.2, keypoints: [1, 1, 1, 4, 4, 1] },
];

const labelme = {
  version: '5.0',
  imagePath: 'a.png',
  imageWidth: 30,
  imageHeight: 20,
  imageData: null,
  shapes: [
    {
      label: 'cat',
      points: [
        [2, 2],
        [20, 2],
        [20, 15],
      ],
      group_id: null,
      shape_type: 'polygon',
    },
    {
      label: 'dog',
      points: [
        [9, 9],
        [12, 9],
      ],
      group_id: 1,
      shape_type: 'circle',
    },
    {
      label: 'dog',
      points: [
        [3, 3],
        [12, 9],
      ],
      group_id: 1,
      shape_type: 'rectangle',
    },
    {
      label: 'line',
      points: [
        [3, 3],
        [12, 9],
      ],
      shape_type: 'line',
    },
  ],
};

const viaRegions = [
  {
    shape_attributes: { name: 'polygon', all_points_x: [1, 9, 9], all_points_y: [1, 1, 9] },
    region_attributes: { kind: 'a' },
  },
  { shape_attributes: { name: 'circle', cx: 9, cy: 9, r: 4 }, region_attributes: { kind: 'b' } },
  {
    shape_attributes: { name: 'ellipse', cx: 9, cy: 9, rx: 4, ry: 2, theta: 0.3 },
    region_attributes: { kind: 'a' },
  },
  {
    shape_attributes: { name: 'rect', x: 1, y: 2, width: 3, height: 4 },
    region_attributes: { kind: { a: true } },
  },
];
const viaProject = {
  _via_settings: {},
  _via_img_metadata: { k: { filename: 'a.png', size: 1, regions: viaRegions, file_attributes: {} } },
  _via_attributes: { region: { kind: { type: 'dropdown', options: { a: 'cat', b: 'dog' } } } },
};
const viaPlain = { k: { filename: 'a.png', size: 1, regions: { '0': viaRegions[0] } } };

/** Words of XML; a file is a sound one with some replaced. */
const attributeValues = [
  '1e17',
  '-1',
  '1e308',
  'NaN',
  '',
  '0',
  '65537',
  'constructor',
  '1,2,3',
  '1,2;3,4;5,6',
  '&amp;&#27;',
  '&lol9;',
  '9'.repeat(400),
];
const elements = [
  '<a>'.repeat(300),
  '<constructor/>',
  '<__proto__ a="1"/>',
  '<!DOCTYPE x [<!ENTITY lol9 "xxxxxxxxxx">]>',
  '<![CDATA[x]]>',
  '</image>',
  '<image id="0" name="a.png" width="30" height="20">',
  '<box label="dog" xtl="1" ytl="2" xbr="3" ybr="4"/>',
  '<mask label="dog" rle="1,2,3" left="0" top="0" width="3" height="2"/>',
];
const cvat = `<?xml version="1.0" encoding="utf-8"?><annotations><version>1.1</version><meta><task><labels><label><name>dog</name></label></labels></task></meta><image id="0" name="a.png" width="30" height="20"><polygon label="dog" points="1,1;9,1;9,9" group_id="1"/><box label="dog" xtl="1" ytl="2" xbr="3" ybr="4" rotation="30" group_id="1"/><ellipse label="dog" cx="9" cy="9" rx="4" ry="2"/><mask label="dog" rle="1,2,3" left="2" top="2" width="3" height="2"/><points label="dog" points="1,1"/></image></annotations>`;
const voc = `<annotation><filename>a.jpg</filename><size><width>30</width><height>20</height></size><object><name>cat</name></object><object><name>dog</name></object></annotation>`;

function editedXml(text: string): fc.Arbitrary<Buffer> {
  const edit = fc.record({
    at: fc.nat(10_000),
    value: fc.oneof(fc.constantFrom(...attributeValues), fc.string({ maxLength: 20 })),
    element: fc.option(fc.constantFrom(...elements), { freq: 3 }),
  });
  return fc
    .tuple(fc.array(edit, { maxLength: 4 }), fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, byteEdits))
    .map(([edits, change]) => {
      let now = text;
      for (const { at, value, element } of edits) {
        const places = [...now.matchAll(element === null ? /="([^"]*)"/g : />/g)];
        if (places.length === 0) continue;
        const place = places[at % places.length];
        const start = place.index + (element === null ? 2 : 1);
        const end = element === null ? start + place[1].length : start;
        now = now.slice(0, start) + (element ?? value) + now.slice(end);
      }
      const bytes = Buffer.from(now);
      return change ? change(bytes) : bytes;
    });
}

const picture = await sharp({ create: { width: 30, height: 20, channels: 3, background: 'red' } })
  .png()
  .toBuffer();
const labels = await sharp(Buffer.alloc(600).fill(1, 0, 200).fill(2, 200, 300), {
  raw: { width: 30, height: 20, channels: 1 },
})
  .toColourspace('b-w')
  .png()
  .toBuffer();

const folderOf = (main: string, files: Record<string, Uint8Array | string>): FuzzInput => ({
  main,
  files: Object.fromEntries(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)])),
});

const yoloNumber = fc.oneof(
  fc.double({ min: -0.1, max: 1.1, noNaN: true }).map(String),
  fc.constantFrom('NaN', '1e300', '-', '', 'x', '0x10', '99999'),
);
const yoloLines = fc
  .array(
    fc.tuple(fc.constantFrom('0', '1', '-1', '1e9', 'constructor'), fc.array(yoloNumber, { maxLength: 9 })),
    { maxLength: 5 },
  )
  .map((lines) => lines.map(([index, numbers]) => [index, ...numbers].join(' ')).join('\n'));
const yamlText = fc.oneof(
  fc.constant('train: images\nnames: [cat, dog]\n'),
  fc.constantFrom(
    'train: images\nnames: {0: cat, 1: dog}\n',
    'train: ../nowhere\nnames: [a]\n',
    'a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nnames: *c\ntrain: images\n',
    'names: {__proto__: a}\ntrain: images\n',
    'train: list.txt\nnames: [cat, dog]\n',
    '[[[[',
    '- &x [*x]',
  ),
);

/** By the name of the reader that takes them. */
export const annotationInputs: Readonly<Record<string, fc.Arbitrary<FuzzInput>>> = {
  coco: editedJson([coco]).map((file) => single('a.json', file)),
  results: editedJson([results]).map((file) =>
    folderOf('results.json', { 'results.json': file, 'gt.json': JSON.stringify(coco) }),
  ),
  labelme: editedJson([labelme]).map((file) => folderOf('a.json', { 'a.json': file, 'a.png': picture })),
  via: editedJson([viaProject, viaPlain]).map((file) =>
    folderOf('a.json', { 'a.json': file, 'a.png': picture }),
  ),
  cvat: editedXml(cvat).map((file) => single('annotations.xml', file)),
  voc: fc.tuple(editedXml(voc), byteEdits, fc.boolean()).map(([file, change, damaged]) =>
    folderOf('', {
      'Annotations/a.xml': file,
      'SegmentationObject/a.png': damaged ? change(labels) : labels,
    }),
  ),
  yolo: fc.tuple(yamlText, yoloLines, byteEdits, fc.boolean()).map(([yaml, lines, change, damaged]) =>
    folderOf('', {
      'data.yaml': damaged ? change(Buffer.from(yaml)) : yaml,
      'images/a.png': picture,
      'labels/a.txt': lines,
      'list.txt': 'images/a.png\n',
    }),
  ),
};
