import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** Chromium's Vulkan driver that computes on the processor: no graphics card is needed. */
const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** Whether WebGPU can be tested in Node; else a line says what is skipped. Makes this process use the driver. */
export function hasSoftwareVulkan(what: string): boolean {
  if (!existsSync(driver)) {
    console.warn(`SKIPPED: ${what} (no ${driver}; Debian's package chromium has it)`);
    return false;
  }
  process.env.VK_ICD_FILENAMES ??= driver;
  process.env.XDG_RUNTIME_DIR ??= tmpdir();
  return true;
}
