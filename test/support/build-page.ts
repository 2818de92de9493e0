import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('../../web', import.meta.url));

/**
 * Builds the web page: `production` for the server of the package, `static` for any host.
 * @param folder Its contents are replaced.
 */
export async function buildPage(folder: string, mode: 'production' | 'static' = 'production'): Promise<void> {
  // Loaded here, since most tests that import this module build nothing.
  const { build } = await import('vite');
  await build({
    configFile: `${web}/vite.config.ts`,
    mode,
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
}
