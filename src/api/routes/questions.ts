import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { changes } from '../../runtime/operations/changes.ts';
import { funnel } from '../../runtime/operations/counting/funnel.ts';
import { paths } from '../../runtime/operations/counting/paths.ts';
import { retention } from '../../runtime/operations/counting/retention.ts';
import { trend } from '../../runtime/operations/counting/trend.ts';
import { dimensions } from '../../runtime/operations/dimensions.ts';
import { quarantine } from '../../runtime/operations/quarantine.ts';
import { sources } from '../../runtime/operations/sources.ts';
import { status } from '../../runtime/operations/status.ts';
import { unknownTypes } from '../../runtime/operations/unknown-types.ts';
import { verifyShop } from '../../runtime/operations/verify-shop.ts';
import { why } from '../../runtime/operations/why.ts';
import type { ServedShop } from '../served-shop.ts';
import { ask, askLines } from './ask.ts';

/** All that can be asked of a shop beside the rows of its views. */
export function questionRoutes(app: FastifyInstance, service: ServedShop): void {
  const post = (url: string, tag: string, summary: string) =>
    ({ method: 'POST', access: 'read', url, tag, summary }) as const;
  const get = (url: string, tag: string, summary: string) =>
    ({ method: 'GET', access: 'read', url, tag, summary }) as const;
  ask(app, service, post('/v1/funnel', 'journeys', 'How many sessions or persons came how far'), funnel);
  ask(app, service, post('/v1/paths', 'journeys', 'What follows what: nodes and edges'), paths);
  ask(app, service, post('/v1/retention', 'journeys', 'Who comes back after how long'), retention);
  ask(app, service, post('/v1/trend', 'journeys', 'Counts over time'), trend);
  ask(app, service, post('/v1/receipts', 'views', 'The events behind a row, and its former images'), why);
  ask(app, service, post('/v1/verify', 'verify', 'Recompute closed slices and compare every row'), verifyShop);
  ask(app, service, get('/v1/sources', 'sources', 'Every partition with its position'), sources);
  ask(
    app,
    service,
    get('/v1/vocabulary/unknown', 'sources', 'Event types without a meaning of their own'),
    unknownTypes,
  );
  ask(app, service, get('/v1/status', 'sources', 'Where the shop stands'), status);
  ask(app, service, get('/v1/quarantine', 'quarantine', 'What was refused, by reason'), quarantine);
  ask(app, service, get('/v1/dimensions', 'sources', 'Dimensions that were loaded'), dimensions);
  askLines(
    app,
    service,
    {
      url: '/v1/views/:name/changes',
      access: 'read',
      tag: 'views',
      summary: "Changes of a view's final rows since a cursor, a JSON line each",
      description: 'The last line has the cursor for the next time; an answer without it is not whole.',
      querystring: z.object({ since: z.string().optional() }),
    },
    changes,
    ({ name = '' }, query) => ({ view: name, ...(query as { since?: string }) }),
    (block) => block,
  );
}
