import { join } from 'node:path';
import type { Millis } from '../../core/time.ts';
import type { Collector } from '../collect/collector.ts';
import type { Serving } from './serving.ts';
import { tellStall } from './stall-report.ts';
import { type Standing, stalled, stillStanding } from './stalls.ts';

/** Work of a server that may stop coming further. */
export type Watched = 'intake' | 'closing' | 'journal';

/** How long it may stand although something waits. Closing a long history is one piece of work. */
export type StallLimits = Readonly<Record<Watched, Millis>>;
const LIMITS: StallLimits = { intake: 30_000, closing: 120_000, journal: 10_000 };

const REASONS: Readonly<Record<Watched, string>> = {
  intake: 'events wait, and none has been taken in for long',
  closing: 'closing has not come further for long',
  journal: 'events wait, and the journal has written nothing for long',
};

const LOOK_EVERY: Millis = 1_000;
/** A main thread that was held for so long is told of. */
const HELD: Millis = 1_000;
/** Looks over which the rate is taken. */
const RATE_LOOKS = 30;

/** How a server is, as of the last look. */
export interface Vitals {
  readonly eventsPerSecond: number;
  /** How much later than it should the main thread came to look. */
  readonly heldFor: Millis;
  /** What has stood for too long, with for how long. */
  readonly stalled: ReadonlyMap<Watched, Millis>;
}

/** Looks at the server's work every second: what does not come further is told, and makes the server not ready. */
export function watchOver(
  { open: { shop, engine, folder }, ending, readiness, log }: Serving,
  collector: Collector,
  limits: StallLimits = LIMITS,
  every: Millis = LOOK_EVERY,
): () => Vitals {
  const logs = join(folder.path, 'logs');
  let standing: Standing<Watched> = new Map();
  let vitals: Vitals = { eventsPerSecond: 0, heldFor: 0, stalled: new Map() };
  const told = new Map<Watched, () => void>();
  const counts: { readonly at: Millis; readonly events: number }[] = [
    { at: performance.now(), events: shop.ingest.events },
  ];
  const doing = () => ({ waiting_rows: collector.backlog, batch: shop.ingest.batch, epoch: shop.final.epoch });

  const look = (): void => {
    const at = performance.now();
    const before = counts.at(-1)?.at ?? at;
    const heldFor = Math.max(0, at - before - every);
    if (heldFor >= HELD) {
      log.warn({ ms: Math.round(heldFor), ...doing() }, 'the main thread was held');
      tellStall(logs, log);
    }
    counts.push({ at, events: shop.ingest.events });
    if (counts.length > RATE_LOOKS) counts.shift();
    const [first = { at, events: 0 }] = counts;
    standing = stillStanding(
      standing,
      [
        { name: 'intake', waits: collector.backlog > 0, progress: shop.ingest.batch },
        { name: 'closing', waits: engine.closing, progress: shop.final.epoch },
        { name: 'journal', waits: collector.unsynced > 0, progress: collector.synced },
      ],
      at,
    );
    const stands = stalled(standing, limits, at);
    vitals = {
      eventsPerSecond: at > first.at ? ((shop.ingest.events - first.events) * 1000) / (at - first.at) : 0,
      heldFor,
      stalled: stands,
    };
    for (const [name, time] of stands) {
      if (told.has(name)) continue;
      told.set(name, readiness.lacks(REASONS[name]));
      log.error({ work: name, ms: Math.round(time), ...doing() }, 'stalled');
    }
    for (const [name, takeBack] of told) {
      if (stands.has(name)) continue;
      takeBack();
      told.delete(name);
      log.warn({ work: name, ...doing() }, 'goes on');
    }
  };
  const timer = setInterval(look, every).unref();
  ending.defer(async () => clearInterval(timer));
  return () => vitals;
}
