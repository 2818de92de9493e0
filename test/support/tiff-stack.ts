interface StackOptions {
  readonly width: number;
  readonly height: number;
  /** The description of the first page, such as OME-XML. */
  readonly description?: string;
}

const short = 3;
const long = 4;
const ascii = 2;

/** An uncompressed TIFF of grey pages of 8 bits. @param pages Each `[height, width]`. */
export function tiffStack(
  pages: readonly Uint8Array[],
  { width, height, description = '' }: StackOptions,
): Uint8Array {
  const text = new TextEncoder().encode(`${description}\0`);
  const pixels = width * height;
  const directoryBytes = 2 + 10 * 12 + 4;
  const textAt = 8;
  const pagesAt = textAt + text.length + (text.length % 2);
  const pageBytes = directoryBytes + pixels + (pixels % 2);
  const bytes = new Uint8Array(pagesAt + pages.length * pageBytes);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0]);
  view.setUint32(4, pagesAt, true);
  bytes.set(text, textAt);
  for (const [index, page] of pages.entries()) {
    const at = pagesAt + index * pageBytes;
    const tags = [
      [256, long, 1, width],
      [257, long, 1, height],
      [258, short, 1, 8],
      [259, short, 1, 1],
      [262, short, 1, 1],
      ...(index === 0 && text.length > 4 ? [[270, ascii, text.length, textAt]] : []),
      [273, long, 1, at + directoryBytes],
      [277, short, 1, 1],
      [278, long, 1, height],
      [279, long, 1, pixels],
    ];
    view.setUint16(at, tags.length, true);
    for (const [i, [tag, type, count, value]] of tags.entries()) {
      view.setUint16(at + 2 + 12 * i, tag, true);
      view.setUint16(at + 4 + 12 * i, type, true);
      view.setUint32(at + 6 + 12 * i, count, true);
      view.setUint32(at + 10 + 12 * i, value, true);
    }
    const next = index + 1 < pages.length ? at + pageBytes : 0;
    view.setUint32(at + 2 + 12 * tags.length, next, true);
    bytes.set(page, at + directoryBytes);
  }
  return bytes;
}

/** OME-XML of a stack whose channels are pages of their own, the one that changes fastest. */
export function omeXml(channels: readonly string[], slices: number): string {
  const named = channels.map((name) => `<Channel Name="${name}" SamplesPerPixel="1"/>`).join('');
  return (
    `<OME><Image><Pixels DimensionOrder="XYCZT" SizeC="${channels.length}" SizeZ="${slices}" SizeT="1">` +
    `${named}</Pixels></Image></OME>`
  );
}
