import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Actor, AuditDetails, AuditEntry } from '../core/audit-entry.ts';
import type { EpochMicros } from '../core/time.ts';
import type { AuditLog } from '../store/access/audit-log.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Requests are written to the audit log under this name, such as `sql` or `erasure`. */
    readonly audit?: string;
  }
  interface FastifyRequest {
    /** What the log is to say of the request. Never a secret, never a visitor. */
    auditDetails: AuditDetails;
    /** Who it is about where nobody was known before, as at a sign-in. */
    auditActor: Actor | undefined;
  }
}

const NOBODY: Actor = { kind: 'nobody', id: null, name: '', role: null };

/** Writes a line for each request to a route that says so, when it is answered or its sender goes away. */
export function auditRequests(app: FastifyInstance, log: AuditLog, now: () => EpochMicros): void {
  app.decorateRequest('auditDetails');
  app.decorateRequest('auditActor');
  app.addHook('onRequest', async (request, reply) => {
    request.auditDetails = {};
    // Not onResponse, which is not told of those whose sender has gone: most of an export may have gone with them.
    reply.raw.once('close', () => write(request, reply));
  });

  function write(request: FastifyRequest, reply: FastifyReply): void {
    const { audit } = request.routeOptions.config;
    if (audit === undefined || tellsNothing(request, reply)) return;
    const { statusCode, raw } = reply;
    // What was asked for may go on all the same: that nobody was told of it is said.
    const outcome = raw.headersSent ? outcomeOf(statusCode) : 'failed';
    const details = {
      ...request.auditDetails,
      ...(raw.headersSent ? { status: statusCode } : {}),
      ...(raw.writableFinished ? {} : { aborted: true }),
      request_id: request.id,
    };
    try {
      log.append({ at: now(), who: actorOf(request), action: audit, outcome, from: request.ip, details });
    } catch (error) {
      request.log.error(error, `the audit log has no line of ${audit}`);
    }
  }
}

/** Requests of nobody that came to nothing, and too many: whoever sends them could fill the disk with lines. */
const tellsNothing = ({ caller, auditActor }: FastifyRequest, { statusCode, raw }: FastifyReply): boolean =>
  statusCode === 429 || ((statusCode >= 400 || !raw.headersSent) && caller === undefined && auditActor === undefined);

function outcomeOf(status: number): AuditEntry['outcome'] {
  if (status < 400) return 'done';
  return status === 401 || status === 403 ? 'refused' : 'failed';
}

function actorOf({ auditActor, caller }: FastifyRequest): Actor {
  if (auditActor !== undefined || caller === undefined) return auditActor ?? NOBODY;
  const { kind, id, name, role } = caller;
  return { kind, id, name, role };
}
