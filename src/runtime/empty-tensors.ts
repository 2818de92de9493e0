import { moveToHost } from './device-tensor.ts';
import type { Runtime, Session } from './runtime.ts';

/**
 * A runtime that leaves runs with an empty input, such as no RoIs, to another: WebGPU refuses them. The other compiles a model
 * when it first runs it.
 */
export function leavingEmptyTensorsTo(other: Runtime, runtime: Runtime): Runtime {
  return {
    ...runtime,
    async createSession(model, options) {
      const session = await runtime.createSession(model, options);
      let substitute: Promise<Session> | null = null;
      return {
        async run(inputs, room) {
          const hasEmpty = Object.values(inputs).some(({ shape }) => shape.includes(0));
          if (!hasEmpty) return session.run(inputs, room);
          substitute ??= other.createSession(model, options);
          await moveToHost(inputs);
          return (await substitute).run(inputs, room);
        },
        async release() {
          await session.release();
          await (await substitute)?.release();
        },
      };
    },
  };
}
