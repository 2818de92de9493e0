import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Device } from '../../src/config/device.ts';

/** Chromium's Vulkan driver that computes on the processor: no graphics card is needed. */
const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';

/**
 * The device that the tests of devices compute on: what the environment variable TEST_DEVICE names, else WebGPU with a driver that
 * computes on the processor, which this process then uses. Null where that driver is missing; a line says what is skipped.
 */
export function testedDevice(what: string): Device | null {
  const { TEST_DEVICE } = process.env;
  if (TEST_DEVICE) return TEST_DEVICE as Device;
  if (!existsSync(driver)) {
    console.warn(`SKIPPED: ${what} (no ${driver}; Debian's package chromium has it)`);
    return null;
  }
  process.env.VK_ICD_FILENAMES ??= driver;
  process.env.XDG_RUNTIME_DIR ??= tmpdir();
  return 'webgpu';
}
