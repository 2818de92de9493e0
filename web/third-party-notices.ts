import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Plugin } from 'vite';

/** Written beside the page. */
const fileName = 'THIRD-PARTY-NOTICES.txt';

const mit = (copyright: string) => `MIT License

${copyright}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;

/** Licences of packages that are published without a file of it. */
const withoutFile: Readonly<Record<string, string>> = {
  'onnxruntime-common': mit('Copyright (c) Microsoft Corporation'),
  'onnxruntime-web': mit('Copyright (c) Microsoft Corporation'),
};

/** Photographs that the page may contain, and their credits. */
const photographs = 'examples/demo/pictures';

/**
 * Lists the packages whose code the build contains, with their licences, and credits its photographs. The page and its workers are bundled apart:
 * `collect` belongs into both builds, `write` into the page's, which ends last.
 * @throws Error where a package has no licence.
 */
export function thirdPartyNotices(): { collect: () => Plugin; write: () => Plugin } {
  const folders = new Set<string>();
  return {
    collect: () => ({
      name: 'third-party-packages',
      generateBundle(_, bundle) {
        const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
        for (const id of chunks.flatMap(({ moduleIds }) => moduleIds)) {
          const folder = packageFolder(id);
          if (folder !== null) folders.add(folder);
        }
      },
    }),
    write: () => ({
      name: 'third-party-notices',
      generateBundle(_, bundle) {
        const assets = Object.values(bundle).filter((output) => output.type === 'asset');
        const pictures = assets.flatMap(({ originalFileNames }) => originalFileNames);
        const notices = [...[...folders].map(notice).sort(), ...credits(pictures)];
        this.emitFile({ type: 'asset', fileName, source: notices.join(`\n${'-'.repeat(80)}\n\n`) });
      },
    }),
  };
}

/** The credits of the photographs among some files: their rows of the table beside them, and what is above it. */
function credits(files: readonly string[]): string[] {
  const shown = files.filter((path) => path.includes(photographs)).map((path) => basename(path));
  if (shown.length === 0) return [];
  const lines = readFileSync(join(import.meta.dirname, '..', photographs, 'CREDITS.md'), 'utf8').split('\n');
  const isOther = (line: string) =>
    line.startsWith('| `') && !shown.some((name) => line.includes(`\`${name}\``));
  return [lines.filter((line) => !isOther(line)).join('\n')];
}

/** `…/node_modules/a/lib/b.js` → `…/node_modules/a` */
function packageFolder(moduleId: string): string | null {
  return /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(moduleId)?.[1] ?? null;
}

function notice(folder: string): string {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry));
  const text = file === undefined ? withoutFile[name] : readFileSync(join(folder, file), 'utf8');
  if (text === undefined)
    throw new Error(`${name} has no licence file; add it in web/third-party-notices.ts`);
  return `${name} ${version}\n\n${text.trim()}\n`;
}
