import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { addSink, changeSink, sinkInput, sinks } from '../../runtime/operations/sinks.ts';
import type { ServedShop } from '../served-shop.ts';
import { ask } from './ask.ts';
import { change } from './change.ts';

const tag = 'sinks';

const CHANGES = [
  ['pause', 'Send nothing to a sink until it is resumed'],
  ['resume', 'Go on where a sink was'],
  ['reset', 'Send everything to a sink again'],
  ['remove', 'Send nothing to a sink any more; what was copied stays'],
] as const;

/** Stores that results are copied to. */
export function sinkRoutes(app: FastifyInstance, service: ServedShop): void {
  ask(
    app,
    service,
    { method: 'GET', url: '/v1/sinks', access: 'read', tag, summary: 'Stores that results are copied to' },
    sinks,
  );
  change(
    app,
    service,
    {
      url: '/v1/sinks',
      summary: 'Copy results to a store',
      tag,
      name: 'sink.add',
      queue: tag,
      body: sinkInput,
      inputOf: (body) => body as z.infer<typeof sinkInput>,
    },
    addSink,
  );
  const params = z.object({ name: z.string().max(100) });
  for (const [to, summary] of CHANGES)
    change(
      app,
      service,
      {
        url: `/v1/sinks/:name/${to}`,
        summary,
        tag,
        name: `sink.${to}`,
        queue: tag,
        params,
        inputOf: (_, { name = '' }) => ({ name, to }),
      },
      changeSink,
    );
}
