import type { FastifyReply, FastifyRequest } from 'fastify';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { Millis } from '../core/time.ts';
import type { Access, Caller } from './access.ts';
import { type Level, type Quota, TokenBuckets } from './token-buckets.ts';

/** What is counted: bytes of events, requests that read or change, queries and exports, requests of nobody known. */
export type LimitName = 'ingest' | 'read' | 'query' | 'anonymous';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a request counts as, where that does not follow from `access`; `none`: nothing. */
    readonly limit?: LimitName | 'none';
  }
}

/** How much each key or person, and each address without one, may send. */
export interface Limits {
  /** Bytes of events a second, as they unpack. */
  readonly ingest: number;
  /** Requests a second. */
  readonly read: number;
  /** Queries and exports a minute. */
  readonly query: number;
  /** Requests a second of an address without a valid key. */
  readonly anonymous: number;
}

/** What a request with events counts as at least, in bytes. */
const LEAST_BYTES = 1_000;
/** Seconds of the limit that may come at once. */
const BURST = 10;

const quotasOf = ({ ingest, read, query, anonymous }: Limits): Readonly<Record<LimitName, Quota>> => ({
  ingest: { perSecond: ingest, burst: ingest * BURST },
  read: { perSecond: read, burst: read * BURST },
  query: { perSecond: query / 60, burst: query },
  anonymous: { perSecond: anonymous, burst: anonymous * BURST },
});

/** Lets in what is within the limits, and says in headers how much is left. */
export class RequestLimits {
  private readonly buckets: Readonly<Record<LimitName, TokenBuckets>>;
  private readonly clock: () => Millis;

  constructor(limits: Limits, clock: () => Millis = () => performance.now()) {
    const quotas = quotasOf(limits);
    this.clock = clock;
    this.buckets = {
      ingest: new TokenBuckets(quotas.ingest),
      read: new TokenBuckets(quotas.read),
      query: new TokenBuckets(quotas.query),
      anonymous: new TokenBuckets(quotas.anonymous),
    };
  }

  /** A request of somebody known. @throws FootfallError `access.rate` */
  known({ id }: Caller, request: FastifyRequest, reply: FastifyReply): void {
    const { access, limit = limitOf(access) } = request.routeOptions.config;
    if (limit === 'none') return;
    this.count(limit, id, limit === 'ingest' ? LEAST_BYTES : 1, reply);
  }

  /** A request of nobody known: to a public route, or without a valid key. @throws FootfallError `access.rate` */
  unknown({ ip }: FastifyRequest, reply: FastifyReply): void {
    this.count('anonymous', ip, 1, reply);
  }

  /** A request that may yet show who sent it: it counts only if it does not. @throws FootfallError `access.rate` */
  stranger({ ip }: FastifyRequest, reply: FastifyReply): void {
    this.count('anonymous', ip, 0, reply);
  }

  /** The events of a request that was let in, once it is known how many bytes they are. */
  bytes({ id }: Caller, { routeOptions, body }: FastifyRequest): void {
    const { access, limit = limitOf(access) } = routeOptions.config;
    if (limit !== 'ingest' || !(body instanceof Uint8Array)) return;
    this.buckets.ingest.take(id, Math.max(0, body.length - LEAST_BYTES), this.clock());
  }

  private count(name: LimitName, owner: string, cost: number, reply: FastifyReply): void {
    const buckets = this.buckets[name];
    const level = buckets.take(owner, cost, this.clock());
    tell(name, buckets.quota, level, reply);
    if (level.allowed) return;
    throw new FootfallError('access.rate', { policy: name, seconds: Math.max(1, level.openIn) });
  }
}

const limitOf = (access: Access | undefined): LimitName => (access === 'ingest' ? 'ingest' : 'read');

/** As the IETF draft "RateLimit header fields for HTTP" has them. */
function tell(name: LimitName, { burst, perSecond }: Quota, { left, fullIn }: Level, { raw }: FastifyReply): void {
  const unit = name === 'ingest' ? ';qu="content-bytes"' : '';
  raw.setHeader('ratelimit-policy', `"${name}";q=${burst};w=${Math.ceil(burst / perSecond)}${unit}`);
  raw.setHeader('ratelimit', `"${name}";r=${left};t=${fullIn}`);
}
