/** The marker "start of scan" (ITU-T T.81, table B.1). */
const startOfScan = Buffer.from([0xff, 0xda]);

/**
 * The number of scans in a JPEG file. In compressed data 0xff is followed by 0 or a restart marker, so the two bytes occur
 * only as a marker, or in embedded data such as a thumbnail, which adds a few.
 * @param most Counting ends here.
 */
export function countScans(file: Uint8Array, most: number): number {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  let scans = 0;
  for (
    let at = bytes.indexOf(startOfScan);
    at >= 0 && scans < most;
    at = bytes.indexOf(startOfScan, at + startOfScan.length)
  )
    scans++;
  return scans;
}
