import { expect, test } from 'vitest';
import { omeStack } from './ome-stack.ts';
import { readOmeXml } from './ome-xml.ts';

const pixels = (content: string, sizes = 'SizeC="2" SizeZ="3" SizeT="1"') =>
  `<Image><Pixels DimensionOrder="XYZCT" ${sizes}>${content}</Pixels></Image>`;

function stackOfXml(content: string, { total = 6, uuid = '', fileName = 'a.ome.tif' } = {}) {
  const xml = readOmeXml(`<OME${uuid && ` UUID="${uuid}"`}>${content}</OME>`);
  return xml && omeStack(xml, total, fileName);
}

test('other texts have no images', () => {
  expect(readOmeXml('ImageJ=1.53t\nimages=6')).toBeUndefined();
  expect(readOmeXml('<OME><BinaryOnly MetadataFile="a.companion.ome" UUID="u"/></OME>')).toBeUndefined();
});

test('samples of a pixel are not channels of their own, whichever way TiffData counts them', () => {
  const channels = '<Channel SamplesPerPixel="3"/><Channel Name="b" SamplesPerPixel="3"/>';
  for (const first of [1, 3]) {
    const data = `<TiffData IFD="4"/><TiffData FirstC="${first}" IFD="2"/>`;
    const stack = stackOfXml(pixels(channels + data, 'SizeC="6" SizeZ="1" SizeT="1"'));
    expect(stack?.channels(0)).toEqual(['1', 'b']);
    expect([0, 1].map((channel) => stack?.plane(0, channel))).toEqual([
      { directory: 4, image: 0 },
      { directory: 2, image: 0 },
    ]);
  }
});

test('planes outside the image are left out, and those that no TiffData names are not guessed', () => {
  const stack = stackOfXml(pixels('<TiffData FirstZ="3" IFD="5"/><TiffData FirstZ="1" IFD="2"/>'));
  expect(stack?.pages).toBe(1);
  expect(stack?.plane(0, 0)).toEqual({ directory: 2, image: 0 });
  expect(stack?.plane(0, 1)).toBe('does not contain that plane: its OME-XML does not say where it is');
});

test('an image wholly in another file, such as another position, has no pages in this one', () => {
  const data = (uuid: string) =>
    `<TiffData PlaneCount="6"><UUID FileName="pos-${uuid}.ome.tif">${uuid}</UUID></TiffData>`;
  const stack = stackOfXml(pixels(data('u1')) + pixels(data('u2')), { uuid: 'u2' });
  expect(stack?.pages).toBe(3);
  expect(stack?.elsewhere).toBe('pos-u1.ome.tif');
  expect(stack?.plane(2, 1)).toEqual({ directory: 5, image: 0 });
});

test('a file of its own that was renamed is still read', () => {
  const data = '<TiffData PlaneCount="6"><UUID FileName="old.ome.tif">u1</UUID></TiffData>';
  expect(stackOfXml(pixels(data))?.plane(2, 1)).toEqual({ directory: 5, image: 0 });
});

test('one plane in the first page is no arrangement: other pages of the file count', () => {
  expect(stackOfXml(pixels('<TiffData/>', 'SizeC="1" SizeZ="1" SizeT="1"'))).toBeUndefined();
});

const slide = '<Image Name="s.svs"><Pixels SizeX="900" SizeY="700"><TiffData IFD="0"/></Pixels></Image>';
const other = (name: string, sizes: string, ifd = 1) =>
  `<Image Name="${name}"><Pixels ${sizes}><TiffData IFD="${ifd}"/></Pixels></Image>`;
const smaller = 'SizeX="900" SizeY="500"';
const larger = 'SizeX="901" SizeY="500"';

test.each([
  ['a label and a macro', slide + other('label image', larger) + other('Macro', larger, 2), true],
  ['smaller images', slide + other('', smaller) + other('b', smaller, 2), true],
  ['another of its size', slide + other('b', 'SizeX="900" SizeY="700"'), false],
  ['one that is wider', slide + other('b', larger), false],
  ['one of an unknown size', slide + other('b', ''), false],
  ['two slices', slide + other('label', smaller).replace('SizeX', 'SizeZ="2" SizeX') + slide, false],
  ['itself after a label', other('label', smaller) + slide, false],
])('a slide with %s is the main page: %j', (_others, xml, isMain) => {
  const stack = stackOfXml(xml);
  expect(stack?.isFirstMain).toBe(isMain);
  expect(stack?.plane(1, 0)).toEqual({ directory: xml.startsWith(slide) ? 1 : 0, image: 0 });
});

test('a stack of one image has no main page', () => {
  expect(stackOfXml(pixels('<TiffData PlaneCount="6"/>'))?.isFirstMain).toBe(false);
});

test.each([
  ['SizeC="1000000000" SizeZ="1" SizeT="1"', 'has OME-XML of too many channels'],
  ['SizeC="1" SizeZ="1000000000" SizeT="1000000000"', 'has OME-XML of too many planes'],
])('%s is refused', (sizes, problem) => {
  expect(stackOfXml(pixels('<TiffData/>', sizes))?.plane(0, 0)).toBe(problem);
});
