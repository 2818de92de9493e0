/** What the first bytes of each readable format look like: text at an offset. */
const signatures: Record<string, readonly (readonly [offset: number, bytes: string])[][]> = {
  'image/jpeg': [[[0, '\xff\xd8\xff']]],
  'image/png': [[[0, '\x89PNG\r\n\x1a\n']]],
  'image/webp': [
    [
      [0, 'RIFF'],
      [8, 'WEBP'],
    ],
  ],
  'image/tiff': [[[0, 'II*\0']], [[0, 'MM\0*']], [[0, 'II+\0']], [[0, 'MM\0+']]],
  'image/avif': [[[4, 'ftypavif']], [[4, 'ftypavis']], [[4, 'ftypmif1']]],
  'image/gif': [[[0, 'GIF87a']], [[0, 'GIF89a']]],
};

/** The media types of the pictures that can be sent. */
export const pictureTypes: readonly string[] = Object.keys(signatures);

/**
 * Tells by a file's first bytes which picture it is; whether it is whole, the decoder finds out.
 * @returns Its media type, or null where it is none that `decodePicture` reads.
 */
export function pictureType(file: Uint8Array): string | null {
  const start = String.fromCharCode(...file.subarray(0, 16));
  for (const [type, alternatives] of Object.entries(signatures)) {
    if (alternatives.some((parts) => parts.every(([offset, bytes]) => start.startsWith(bytes, offset))))
      return type;
  }
  return null;
}
