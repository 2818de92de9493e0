import { writeAtomically } from '../../core/node/atomic-write.ts';
import { openFileSource } from '../file-source.ts';
import { readHeader } from './reader.ts';
import { encodeHeader } from './writer.ts';

/** Bytes that are copied at a time. */
const pieceBytes = 1 << 24;

/**
 * Rewrites a `.safetensors` file with some strings of its metadata replaced; the tensors stay as they are, bit for bit.
 * @throws InputError where it cannot be read or written.
 */
export async function replaceMetadata(
  path: string,
  changes: Readonly<Record<string, string>>,
): Promise<void> {
  const source = await openFileSource(path);
  try {
    const { header, dataStart } = await readHeader(source);
    const { __metadata__: metadata, ...tensors } = header;
    await writeAtomically(path, async (file) => {
      await file.writeFile(
        encodeHeader({ __metadata__: { ...(metadata as object), ...changes }, ...tensors }),
      );
      for (let at = dataStart; at < source.size; at += pieceBytes) {
        await file.writeFile(await source.read(at, Math.min(pieceBytes, source.size - at)));
      }
    });
  } finally {
    await source.close();
  }
}
