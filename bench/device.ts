import { parseArgs } from 'node:util';
import { type Device, devices } from '../src/config/device.ts';

/** `--device`: where our side of a benchmark of predictions computes. */
export function chosenDevice(): Device {
  const options = { device: { type: 'string', default: 'cpu' } } as const;
  const { device } = parseArgs({ options, strict: false }).values;
  const found = devices.find((name) => name === device);
  if (found === undefined) throw new Error(`--device ${device}: expected ${devices.join(', ')}`);
  return found;
}
