import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Millis } from '../core/time.ts';
import { answerClientError } from './client-error.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its body is a file, which may take as long as something of it comes. */
    readonly upload?: true;
  }
}

/** Ends requests whose body takes too long: as a whole, or of files between two pieces. */
export function limitBodyTime(app: FastifyInstance, most: Millis): void {
  app.addHook('onRequest', async ({ raw, routeOptions }: FastifyRequest) => {
    if (raw.complete) return;
    const { socket } = raw;
    const upload = routeOptions.config.upload === true;
    let seen = socket.bytesRead;
    const timer = setInterval(() => {
      if (raw.complete) return;
      const comes = socket.bytesRead > seen;
      seen = socket.bytesRead;
      if (!upload || !comes)
        answerClientError(Object.assign(new Error('slow'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
    }, most).unref();
    raw.once('end', () => clearInterval(timer)).once('close', () => clearInterval(timer));
  });
}
