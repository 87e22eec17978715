import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { parseCursor } from '../../core/cursor.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { findView } from '../../runtime/find-view.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';

/** Bytes that may wait for a listener: one that is further behind is dropped, and comes back with its last id. */
const MOST_WAITING = 4_000_000;
const HEARTBEAT = 15_000;

const asked = z.object({
  views: z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .describe('names of views, with commas between them'),
  since: z.string().optional().describe('cursor to go on from, where no Last-Event-ID is sent'),
});

/** `GET /v1/live`: changes and live rows of views as they come, as server-sent events. */
export function liveRoutes(app: FastifyInstance, { open, hub }: ServedShop): void {
  app.get<{ Querystring: z.infer<typeof asked> }>(
    '/v1/live',
    {
      // Who asks for the head alone would wait for an end.
      exposeHeadRoute: false,
      config: { access: 'read' },
      schema: {
        summary: 'Changes and live rows of views as they come',
        description:
          'Server-sent events: `snapshot` and `changes` bring final rows of whole epochs (entries with op and row), `live` all rows of open slices. The id of an event is the cursor to come back with.',
        tags: ['views'],
        querystring: asked,
        response: problems(400, 401, 403, 404),
      },
    },
    async (request, reply) => {
      const views = request.query.views.map((name) => findView(open.shop, name));
      const given = request.headers['last-event-id'] ?? request.query.since;
      const since = given === undefined ? null : parseCursor(String(given));
      if (given !== undefined && since === null) throw new FootfallError('query.cursor', { cursor: String(given) });
      const { raw } = reply;
      reply.hijack();
      raw.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      const beat = setInterval(() => raw.write(': still here\n\n'), HEARTBEAT);
      let gone = false;
      raw.on('close', () => {
        gone = true;
        clearInterval(beat);
      });
      const joined = hub.join(
        {
          views,
          send: (text) => {
            raw.write(text);
            return raw.writableLength <= MOST_WAITING;
          },
          drop: () => raw.destroy(),
          end: () => raw.end(),
        },
        since,
      );
      // Its status is sent: what goes wrong from here on, it can only be told by an end.
      const leave = await joined.catch((error: unknown) => {
        raw.destroy();
        throw error;
      });
      if (gone) leave();
      else raw.on('close', leave);
    },
  );
}
