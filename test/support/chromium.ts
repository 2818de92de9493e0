import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const executable = '/usr/bin/chromium';

/** Whether a real browser is installed; says so where it is not. */
export function hasChromium(what: string): boolean {
  const found = existsSync(executable);
  if (!found) console.warn(`SKIPPED: ${what} in a real browser (${executable} is not installed)`);
  return found;
}

/** A headless Chromium that asks nothing of the network by itself. @param more Switches besides. */
export function launchChromium(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: executable,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });
}
