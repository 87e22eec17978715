import type { FastifyInstance } from 'fastify';
import { guard } from './access.ts';
import { auditRequests } from './audited.ts';
import { endRevoked } from './end-revoked.ts';
import { RequestLimits } from './request-limits.ts';
import { secureAnswers } from './security-headers.ts';
import type { ServedShop } from './served-shop.ts';

/** All that stands between a request and its route, and what browsers are told with the answer. Before any route. */
export function protect(app: FastifyInstance, { open: { access }, config, now }: ServedShop): void {
  const limits = new RequestLimits({
    ingest: config.limitIngest,
    read: config.limitRead,
    query: config.limitQuery,
    anonymous: config.limitAnonymous,
  });
  secureAnswers(app);
  // Before the guard, which refuses: that is told, too.
  auditRequests(app, access.audit, now);
  guard(app, { access, limits, now });
  endRevoked(app);
}
