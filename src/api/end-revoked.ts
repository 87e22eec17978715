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
  const looking = setInterval(() => {
    const answers = new Map<string, boolean>();
    for (const [raw, { kind, id, role, stillValid }] of underWay) {
      const who = `${kind} ${id} ${role}`;
      const valid = answers.get(who) ?? stillValid();
      answers.set(who, valid);
      if (!valid) raw.destroy();
    }
  }, LOOK_EVERY);
  looking.unref();
  app.addHook('onClose', async () => clearInterval(looking));
}
