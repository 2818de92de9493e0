import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

/** A temporary folder for a test file; `remove` it in `afterAll`. */
export class TestFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'mask-rcnn-'));

  /** Absolute path of a file in the folder. */
  at(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file, an object as JSON, and returns its path. */
  write(name: string, content: string | Uint8Array | object): string {
    const path = this.at(name);
    mkdirSync(dirname(path), { recursive: true });
    const isText = typeof content === 'string' || content instanceof Uint8Array;
    writeFileSync(path, isText ? content : JSON.stringify(content));
    return path;
  }

  /** Writes a white picture; the name's ending tells the format. */
  async picture(name: string, width: number, height: number): Promise<string> {
    const path = this.at(name);
    mkdirSync(dirname(path), { recursive: true });
    await sharp({ create: { width, height, channels: 3, background: '#fff' } }).toFile(path);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
