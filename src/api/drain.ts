import type { FastifyInstance } from 'fastify';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { Millis } from '../core/time.ts';

/** Requests under way at a server that may be asked to end. */
export interface Drain {
  readonly underWay: number;
  /**
   * Refuses requests that come from here on, but for those about its health, waits for those under way, and closes.
   * @param patience what is still under way then is cut off
   * @returns how many were cut off
   */
  close(patience: Millis): Promise<number>;
}

/** To be called before the server listens. */
export function drainable(app: FastifyInstance): Drain {
  let underWay = 0;
  let ending = false;
  let idle: () => void = () => undefined;
  app.addHook('onRequest', async ({ routeOptions }, reply) => {
    underWay += 1;
    // Not onResponse, which is not told of those whose sender has gone.
    reply.raw.once('close', () => {
      underWay -= 1;
      if (underWay === 0) idle();
    });
    if (!ending) return;
    reply.header('connection', 'close');
    if (routeOptions.url?.startsWith('/v1/health/') !== true) throw new FootfallError('server.ending', {});
  });
  return {
    get underWay() {
      return underWay;
    },
    close: async (patience) => {
      ending = true;
      const over = new Promise<void>((resolve) => {
        idle = resolve;
      });
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, patience);
      });
      if (underWay > 0) await Promise.race([over, late]);
      clearTimeout(timer);
      const cutOff = underWay;
      const closed = app.close();
      app.server.closeAllConnections();
      await closed;
      return cutOff;
    },
  };
}
