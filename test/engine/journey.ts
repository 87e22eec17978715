import type { Stream } from '../oracle/arbitrary.ts';
import { duplicate, type Picks, shuffle, split } from '../oracle/transform.ts';
import type { Script, Step } from './script.ts';

/** One way for a stream to reach a shop. Zeros and empty lists are the plain way: one batch, in order, then the end. */
export interface Journey {
  /** Another order of arrival. */
  readonly order: Picks;
  /** Events that are sent again. */
  readonly copies: Picks;
  /** Where batches begin. */
  readonly cuts: Picks;
  /** Partition of the event in each place, going round. */
  readonly partitions: Picks;
  /** After every how many batches it reads, finalizes, opens the database anew, closes by end; 0 = never. */
  readonly read: number;
  readonly finalize: number;
  readonly reopen: number;
  readonly end: number;
}

/** A stream's journey, step by step. */
export function journeyScript({ events, facts, settings }: Stream, journey: Journey): Script {
  const arriving = shuffle(duplicate(events, journey.copies), journey.order);
  const from = arriving.map((_, i) => `p${journey.partitions[i % journey.partitions.length] ?? 0}`);
  let done = 0;
  const steps = split(arriving, journey.cuts).flatMap((batch, index, { length }): Step[] => {
    const partitions = from.slice(done, done + batch.length);
    done += batch.length;
    const turn = (every: number, step: Step): Step[] => (every > 0 && (index + 1) % every === 0 ? [step] : []);
    return [
      { do: 'give', events: batch, partitions, ended: index === length - 1 ? [...new Set(from)] : [] },
      ...turn(journey.read, { do: 'read' }),
      ...turn(journey.finalize, { do: 'finalize' }),
      ...turn(journey.end, { do: 'end' }),
      ...turn(journey.reopen, { do: 'reopen' }),
    ];
  });
  const { products = [], users = [], rates = [], counts = [] } = facts;
  return {
    settings: { zone: settings.zone },
    steps: [
      ...(products.length > 0 ? [{ do: 'products', rows: products } as const] : []),
      ...(users.length > 0 ? [{ do: 'users', rows: users } as const] : []),
      ...(rates.length > 0 ? [{ do: 'rates', rows: rates } as const] : []),
      ...(counts.length > 0 ? [{ do: 'stock', rows: counts } as const] : []),
      ...steps,
    ],
  };
}
