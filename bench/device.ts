import { parseArgs } from 'node:util';
import { type Device, devices } from '../src/config/device.ts';

/** Where torchvision computes beside ours: on an NVIDIA card if ours computes on a device other than the processor. */
export function peerDevice(ours: Device): 'cpu' | 'cuda' {
  return ours === 'cpu' ? 'cpu' : 'cuda';
}

/** `--device`: where our side of a benchmark of predictions computes. */
export function chosenDevice(): Device {
  const options = { device: { type: 'string', default: 'cpu' } } as const;
  const { device } = parseArgs({ options, strict: false }).values;
  const found = devices.find((name) => name === device);
  if (found === undefined) throw new Error(`--device ${device}: expected ${devices.join(', ')}`);
  return found;
}
