import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { loadDimensionText } from '../../runtime/operations/load-dimension-text.ts';
import { bytesOf } from '../body.ts';
import type { ServedShop } from '../served-shop.ts';
import { change } from './change.ts';

/** Larger files are loaded from the disk of the server: footfall dimensions load. */
const MOST_BYTES = 64_000_000;
const which = z.object({ dimension: z.enum(['product', 'user', 'rates', 'stock']) });

/** `PUT /v1/dimensions/NAME`: a CSV of a dimension. */
export function dimensionRoutes(app: FastifyInstance, service: ServedShop): void {
  // Within a scope of its own: the body is a CSV here, whatever its type is called.
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
      done(null, body);
    });
    change(
      scope,
      service,
      {
        method: 'PUT',
        url: '/v1/dimensions/:dimension',
        summary: 'Load a dimension: the catalogue, users, rates of currencies, counts of stock',
        description: 'The body is the CSV, up to 64 MB. Sent twice, it changes nothing the second time.',
        tag: 'sources',
        name: 'load-dimension',
        params: which,
        file: MOST_BYTES,
        inputOf: (body, params) => ({
          dimension: params['dimension'] as z.infer<typeof which>['dimension'],
          bytes: Buffer.from(bytesOf(body)).toString('latin1'),
        }),
      },
      loadDimensionText,
    );
  });
}
