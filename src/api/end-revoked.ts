import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Millis } from '../core/time.ts';
import type { Caller } from './access.ts';

/** A key that was revoked reads nothing more after this. */
const LOOK_EVERY: Millis = 500;

/** Cuts off answers that go on, such as the live stream, when whoever they go to may not come in any more. */
export function endRevoked(app: FastifyInstance): void {
  const underWay = new Map<ServerResponse, Caller>();
  app.addHook('preHandler', async ({ caller }, { raw }) => {
    if (caller === undefined) return;
    underWay.set(raw, caller);
    raw.once('close', () => underWay.delete(raw));
  });
  let failing = false;
  const looking = setInterval(() => {
    try {
      look(underWay);
      failing = false;
    } catch (error) {
      // They stay until it is known whether they may: an error that nobody hears would end the process.
      if (!failing) app.log.error(error, 'cannot look who may still come in');
      failing = true;
    }
  }, LOOK_EVERY);
  looking.unref();
  app.addHook('onClose', async () => clearInterval(looking));
}

function look(underWay: ReadonlyMap<ServerResponse, Caller>): void {
  const keys = new Map<string, boolean>();
  for (const [raw, { kind, id, stillValid }] of underWay) {
    // A key is one and the same everywhere; a person is signed out at one browser, and stays at another.
    const valid = kind === 'key' ? (keys.get(id) ?? stillValid()) : stillValid();
    if (kind === 'key') keys.set(id, valid);
    if (!valid) raw.destroy();
  }
}
