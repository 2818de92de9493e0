import { execFileSync } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasTorchvision, torchvisionNote } from '../../../test/support/torchvision.ts';
import { type ByteSource, memorySource } from '../byte-source.ts';
import { openFileSource } from '../file-source.ts';
import { contentOffset, readZipDirectory } from './reader.ts';
import { encodeZip, zipDirectory } from './writer.ts';

const text = (content: string) => new TextEncoder().encode(content);

async function archive(files: Record<string, Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const list = Object.entries(files).map(([name, bytes]) => ({ name, read: async () => bytes }));
  for await (const chunk of encodeZip(list)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function contentOf(source: ByteSource, name: string): Promise<Uint8Array> {
  const entry = (await readZipDirectory(source)).get(name)!;
  return source.read(await contentOffset(source, entry), entry.size);
}

const small = await archive({ 'a/data.pkl': text('pickle'), 'a/data/0': text('0123'), 'a/é': text('') });

describe('a zip archive', () => {
  it('is read as it was written, with aligned contents', async () => {
    const source = memorySource('x.zip', small);
    const entries = await readZipDirectory(source);
    expect([...entries.keys()]).toEqual(['a/data.pkl', 'a/data/0', 'a/é']);
    expect(Buffer.from(await contentOf(source, 'a/data/0')).toString()).toBe('0123');
    for (const entry of entries.values()) expect((await contentOffset(source, entry)) % 64).toBe(0);
  });

  it('may be followed by a comment', async () => {
    const bytes = Buffer.concat([small, Buffer.from('a comment, PK\x05')]);
    bytes.writeUInt16LE(13 + 1, small.length - 2);
    const entries = await readZipDirectory(memorySource('x.zip', bytes));
    expect(entries.size).toBe(3);
  });

  it('is refused if truncated at any position', async () => {
    for (let length = 0; length < small.length; length++) {
      const cut = readZipDirectory(memorySource('x.zip', small.subarray(0, length)));
      await expect(cut, String(length)).rejects.toMatchObject({ name: 'InputError' });
    }
  });

  it('is refused if two entries have the same name', async () => {
    const entry = { name: 'a', size: 0, crc32: 0, localHeaderOffset: 0 };
    const bytes = Buffer.concat([new Uint8Array(64), zipDirectory([entry, entry], 64)]);
    await expect(readZipDirectory(memorySource('x.zip', bytes))).rejects.toThrow(/a is in the archive twice/);
  });

  it('is refused if an entry extends into the directory', async () => {
    const entry = { name: 'a', size: 1000, crc32: 0, localHeaderOffset: 0 };
    const bytes = Buffer.concat([new Uint8Array(64), zipDirectory([entry], 64)]);
    await expect(readZipDirectory(memorySource('x.zip', bytes))).rejects.toThrow(/extends beyond/);
  });
});

describe('zip64', () => {
  const far = 6 * 2 ** 30;
  const entries = [
    { name: 'near', size: 5 * 2 ** 30, crc32: 1, localHeaderOffset: 0 },
    { name: 'far', size: 3, crc32: 2, localHeaderOffset: far },
  ];
  const directory = zipDirectory(entries, far + 1000);

  it('holds sizes and offsets beyond 4 GiB', async () => {
    // Everything before the directory is a hole.
    const source: ByteSource = {
      name: 'large.zip',
      size: far + 1000 + directory.length,
      read: async (offset, length) => {
        const from = offset - far - 1000;
        const bytes = new Uint8Array(length);
        bytes.set(directory.subarray(Math.max(0, from), from + length), Math.max(0, -from));
        return bytes;
      },
      close: async () => {},
    };
    expect([...(await readZipDirectory(source)).values()]).toEqual(entries);
  });

  it('holds more than 65,535 entries', async () => {
    const many = Array.from({ length: 70_000 }, (_, i) => ({
      name: String(i),
      size: 0,
      crc32: 0,
      localHeaderOffset: 0,
    }));
    const bytes = Buffer.concat([new Uint8Array(64), zipDirectory(many, 64)]);
    expect((await readZipDirectory(memorySource('x.zip', bytes))).size).toBe(70_000);
  });

  it.skipIf(!hasTorchvision)(`is what Python's zipfile understands${torchvisionNote}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'zip64-'));
    try {
      const path = join(folder, 'sparse.zip');
      const file = await open(path, 'w');
      await file.write(directory, 0, directory.length, far + 1000);
      await file.close();
      const list =
        'import sys,zipfile; print([(i.filename, i.file_size, i.header_offset) for i in zipfile.ZipFile(sys.argv[1]).infolist()])';
      const printed = execFileSync('/usr/bin/python3', ['-c', list, path], { encoding: 'utf8' });
      expect(printed.trim()).toBe(`[('near', ${5 * 2 ** 30}, 0), ('far', 3, ${far})]`);
      const source = await openFileSource(path);
      expect([...(await readZipDirectory(source)).values()]).toEqual(entries);
      await source.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
