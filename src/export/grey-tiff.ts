/** Grey pixels of 16 or 32 bits, row-major. */
interface GreyPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint16Array | Uint32Array;
}

const short = 3;
const long = 4;

/** Header, number of entries, ten entries, offset of the next directory. */
const dataOffset = 8 + 2 + 10 * 12 + 4;

/** A TIFF file (TIFF 6.0) of one uncompressed strip, little-endian, of unsigned integers. */
export function encodeGreyTiff({ width, height, data }: GreyPixels): Uint8Array {
  const file = new Uint8Array(dataOffset + data.byteLength);
  const view = new DataView(file.buffer);
  view.setUint16(0, 0x4949);
  view.setUint16(2, 42, true);
  view.setUint32(4, 8, true);
  const entries: [tag: number, type: number, value: number][] = [
    [256, long, width],
    [257, long, height],
    [258, short, 8 * data.BYTES_PER_ELEMENT],
    [259, short, 1], // not compressed
    [262, short, 1], // 0 is black
    [273, long, dataOffset],
    [277, short, 1], // samples per pixel
    [278, long, height], // rows per strip
    [279, long, data.byteLength],
    [339, short, 1], // unsigned
  ];
  view.setUint16(8, entries.length, true);
  entries.forEach(([tag, type, value], i) => {
    const at = 10 + 12 * i;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, 1, true);
    view.setUint32(at + 8, value, true);
  });
  for (let i = 0, at = dataOffset; i < data.length; i++, at += data.BYTES_PER_ELEMENT) {
    if (data instanceof Uint16Array) view.setUint16(at, data[i], true);
    else view.setUint32(at, data[i], true);
  }
  return file;
}
