import type { Micros } from '../../core/time.ts';

/**
 * How far units came, from their events: SQL over `events`, which has `unit`, `happened`, `mask` (bit k - 1 is set when
 * the event does step k) and the columns of `order`, of units that may do two steps or more. It yields, for each unit
 * that did, `unit` and `chain`: when the steps of its furthest attempt were done, in microseconds.
 */
export interface Chains {
  readonly events: string;
  readonly order: readonly string[];
  readonly steps: number;
  readonly within: Micros | undefined;
}

const bit = (step: number): number => 2 ** (step - 1);
/** Microseconds of a time. */
const micros = (time: string): string => `epoch_us(${time})`;
const steps = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
const inTime = (elapsed: string, within: Micros | undefined): string =>
  within === undefined ? '' : ` AND ${elapsed} <= ${within}`;

/** The longest attempt of each unit, and of those the first: `n` numbers the events of a unit. */
const furthest = (rows: string): string =>
  `SELECT unit, arg_max(chain, len(chain) * ${2 ** 40} - n) AS chain FROM ${rows} WHERE chain IS NOT NULL GROUP BY unit`;

/**
 * With anything between. Each event that does step k goes on from the last event before it that completes k - 1 steps:
 * that one began last of all, so if it is too old, all are.
 */
export function orderedChains({ events, order, steps: count, within }: Chains): string {
  const before = 'ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING';
  const first = `SELECT unit, ${micros('happened')} AS happened, mask, row_number() OVER w AS n, last_value(CASE WHEN mask & 1 <> 0 THEN ${micros('happened')} END IGNORE NULLS) OVER (w ${before}) AS t1 FROM ${events} WHERE mask <> 0 WINDOW w AS (PARTITION BY unit ORDER BY ${order.join(', ')})`;
  const done = (step: number, chain: string, start: string): string =>
    `CASE WHEN mask & ${bit(step)} <> 0 AND ${start} IS NOT NULL${inTime(`happened - ${start}`, within)} THEN list_append(${chain}, happened) END AS c${step}`;
  const second = `SELECT unit, happened, mask, n, ${done(2, '[t1]', 't1')} FROM (${first}) WHERE mask & ~1 <> 0`;
  const last = steps(3, count).reduce(
    (rows, step) =>
      `SELECT * EXCLUDE (p), ${done(step, 'p', 'p[1]')} FROM (SELECT *, last_value(c${step - 1} IGNORE NULLS) OVER (PARTITION BY unit ORDER BY n ${before}) AS p FROM (${rows}))`,
    second,
  );
  const longest = steps(2, count)
    .map((step) => `c${step}`)
    .reverse();
  return furthest(`(SELECT unit, n, coalesce(${longest.join(', ')}) AS chain FROM (${last}))`);
}

/** Each step is the very next event. `events` has all events of the units, also those that do no step. */
export function strictChains({ events, order, steps: count, within }: Chains): string {
  const ahead = steps(2, count).flatMap((step) => [
    `lead(mask, ${step - 1}) OVER w AS m${step}`,
    `lead(${micros('happened')}, ${step - 1}) OVER w AS t${step}`,
  ]);
  const rows = `SELECT unit, mask, ${micros('happened')} AS t1, row_number() OVER w AS n, ${ahead.join(', ')} FROM ${events} WINDOW w AS (PARTITION BY unit ORDER BY ${order.join(', ')})`;
  const upTo = (step: number): string => `[${steps(1, step).map((each) => `t${each}`)}]`;
  const chain = steps(2, count).reduceRight<string>(
    (longer, step) =>
      `CASE WHEN m${step} & ${bit(step)} <> 0${inTime(`t${step} - t1`, within)} THEN ${longer === '' ? upTo(step) : `coalesce(${longer}, ${upTo(step)})`} END`,
    '',
  );
  return furthest(`(SELECT unit, n, ${chain} AS chain FROM (${rows}) WHERE mask & 1 <> 0)`);
}

/** In any order, from any of them on. An event may do several steps. */
export function anyOrderChains({ events, steps: count, within }: Chains): string {
  const next = steps(1, count).map(
    (step) =>
      `min(CASE WHEN mask & ${bit(step)} <> 0 THEN ${micros('happened')} END) OVER (PARTITION BY unit ORDER BY happened RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS t${step}`,
  );
  const rows = `SELECT unit, ${micros('happened')} AS began, ${next.join(', ')} FROM ${events} WHERE mask <> 0`;
  const done = `list_sort(list_filter([${steps(1, count).map((step) => `t${step}`)}], lambda t: t IS NOT NULL${inTime('t - began', within)}))`;
  const chains = `(SELECT unit, began, ${done} AS chain FROM (${rows}))`;
  return `SELECT unit, chain FROM ${chains} WHERE len(chain) > 1 QUALIFY row_number() OVER (PARTITION BY unit ORDER BY len(chain) DESC, chain[-1], began DESC) = 1`;
}
