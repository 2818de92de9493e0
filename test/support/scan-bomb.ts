/** A JPEG whose last scan is repeated: small, and slow to decode. @param jpeg A progressive one. */
export function repeatLastScan(jpeg: Buffer, times: number): Buffer {
  const last = jpeg.subarray(jpeg.lastIndexOf(Buffer.from([0xff, 0xda])), -2);
  return Buffer.concat([jpeg.subarray(0, -2), ...Array<Buffer>(times).fill(last), jpeg.subarray(-2)]);
}
