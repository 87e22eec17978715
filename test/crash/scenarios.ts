import fc from 'fast-check';
import { type CanonicalEvent, EVENT_COLUMNS } from '../../src/core/event.ts';
import { minutes } from '../../src/core/time.ts';
import type { Script, Step } from '../engine/script.ts';
import { streams } from '../oracle/arbitrary.ts';
import type { OracleFacts } from '../oracle/input.ts';
import { parseInstant } from '../oracle/instant.ts';
import { delay } from '../oracle/transform.ts';

/** Scripts by name, the same for the same seed in every process. Add a line, and it is killed like the others. */
export const SCENARIOS = {
  /** Small batches of two partitions; columns come one after the other, catalogue and users are loaded again and again, definitions change, and time goes on. */
  everything: (seed: number): Script => ({
    settings: { zone: 'Europe/Berlin' },
    every: 30,
    live: true,
    steps: everything(seed),
  }),
} as const satisfies Record<string, (seed: number) => Script>;

export type ScenarioName = keyof typeof SCENARIOS;

const BATCH = 8;
const NEW_COLUMN_EVERY = 7;
const RELOAD_EVERY = 9;
const TICK_EVERY = 5;
const APPLY_EVERY = 11;
/** Those that come again find their rows kept. */
const DEFINED = [
  { gap: minutes(45), zone: 'Europe/Berlin' },
  { gap: minutes(5), zone: 'Europe/Berlin' },
  { gap: minutes(45), zone: 'Europe/Berlin' },
] as const;

function everything(seed: number): Step[] {
  const samples = fc.sample(streams({ maxEvents: 60 }), { seed, numRuns: 12 });
  const events = samples
    .flatMap((stream, i) => stream.events.map((event) => ({ ...event, event_id: `${i}-${event.event_id}` })))
    .sort((a, b) => (a.event_time < b.event_time ? -1 : a.event_time > b.event_time ? 1 : 0));
  const held = fc.sample(fc.array(fc.nat(5000), { minLength: 80, maxLength: 80 }), { seed, numRuns: 1 })[0] ?? [];
  const arriving = delay(events, held);
  const steps: Step[] = [];
  const clocks = new Map<string, number>();
  for (let at = 0; at < arriving.length; at += BATCH) {
    const index = at / BATCH;
    if (index % RELOAD_EVERY === 0)
      steps.push(...reload(samples[(index / RELOAD_EVERY) % samples.length]?.facts), saying(index / RELOAD_EVERY));
    const defined = index % APPLY_EVERY === APPLY_EVERY - 1 ? DEFINED[Math.floor(index / APPLY_EVERY)] : undefined;
    if (defined !== undefined) steps.push({ do: 'apply', most: 40, ...defined });
    const columns = new Set(COLUMNS.slice(0, 3 + Math.floor(index / NEW_COLUMN_EVERY)));
    const batch = arriving.slice(at, at + BATCH).map((event) => only(event, columns));
    const partitions = batch.map((_, i) => `p${(i + seed) % 2}`);
    steps.push({ do: 'give', events: batch, partitions });
    batch.forEach(({ event_time }, i) => {
      const name = partitions[i] ?? '';
      clocks.set(name, Math.max(clocks.get(name) ?? 0, parseInstant(event_time)));
    });
    // Far enough, and where the clocks are near enough, to be stored in any case: the victim counts stored batches to
    // know where it stands.
    const apart = Math.max(...clocks.values()) - Math.min(...clocks.values());
    if (index % TICK_EVERY === 0 && apart < minutes(30)) steps.push({ do: 'tick', by: minutes(2) });
  }
  return steps;
}

/** Links, then marks, of ever other visitors: all of them are in force in the end. */
const saying = (n: number): Extract<Step, { do: 'people' }> => ({
  do: 'people',
  saying: {
    says: n % 2 === 0 ? 'same_as' : 'bot',
    withdrawn: false,
    rows: [{ visitor: `visitor ${n}`, ...(n % 2 === 0 ? { user: 'user' } : {}), from: n * 1_000_000 }],
    recorded: 1,
  },
});

const COLUMNS = EVENT_COLUMNS.map(({ name }) => name).filter((name) => name !== 'event_time' && name !== 'event_type');

const only = (event: CanonicalEvent, columns: ReadonlySet<string>): CanonicalEvent => ({
  event_time: event.event_time,
  event_type: event.event_type,
  ...Object.fromEntries(Object.entries(event).filter(([name]) => columns.has(name))),
});

function reload(facts: OracleFacts = {}): Step[] {
  const { products = [], users = [], rates = [], counts = [] } = facts;
  return [
    ...(products.length > 0 ? [{ do: 'products', rows: products } as const] : []),
    ...(users.length > 0 ? [{ do: 'users', rows: users } as const] : []),
    ...(rates.length > 0 ? [{ do: 'rates', rows: rates } as const] : []),
    ...(counts.length > 0 ? [{ do: 'stock', rows: counts } as const] : []),
  ];
}
