/** Signatures of the supported formats: alternatives, each a list of bytes (Latin-1) at offsets. */
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

/** Media types of the supported picture formats. */
export const pictureTypes: readonly string[] = Object.keys(signatures);

/**
 * Detects the format of a picture by its first bytes; the file may still be damaged.
 * @returns The media type, or null if it is not a format that `decodePicture` reads.
 */
export function pictureType(file: Uint8Array): string | null {
  const start = String.fromCharCode(...file.subarray(0, 16));
  for (const [type, alternatives] of Object.entries(signatures)) {
    if (alternatives.some((parts) => parts.every(([offset, bytes]) => start.startsWith(bytes, offset))))
      return type;
  }
  return null;
}
