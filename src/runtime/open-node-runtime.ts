import { availableParallelism } from 'node:os';
import { messageOf } from '../core/errors.ts';
import { announce } from '../core/node/announce.ts';
import type { Runtime } from './runtime.ts';

/** Threads that WebAssembly keeps: each takes some 10 MB and delays the start. */
const maxThreads = 8;

let opened: Promise<Runtime> | undefined;

/**
 * The runtime of this process: ONNX Runtime's native library or, where the optional package `onnxruntime-node` is not
 * installed or does not load, ONNX Runtime compiled to WebAssembly. One line on stderr announces the latter.
 */
export function openNodeRuntime(): Promise<Runtime> {
  opened ??= open();
  return opened;
}

async function open(): Promise<Runtime> {
  try {
    return (await import('./node.ts')).nodeRuntime;
  } catch (error) {
    announce(fallbackNotice(error));
    const { openWebRuntime } = await import('./web.ts');
    return openWebRuntime({ threads: Math.min(availableParallelism(), maxThreads) });
  }
}

/**
 * The line that announces WebAssembly, with the remedy.
 * @param error Why the native library did not load.
 */
export function fallbackNotice(error: unknown): string {
  const slower = 'running on WebAssembly, which is several times slower';
  if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') {
    return `onnxruntime-node is not installed; ${slower}. To add it: ONNXRUNTIME_NODE_INSTALL=skip npm install`;
  }
  const reason = messageOf(error).replaceAll(/\s*\n\s*/g, ' ');
  return `onnxruntime-node cannot be loaded (${reason}); ${slower}`;
}
