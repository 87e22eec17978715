import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { RepairRule } from '../../core/repair-rule.ts';
import { literalText } from '../../core/sql-text.ts';
import type { EpochMicros } from '../../core/time.ts';
import { keepContent } from '../../journal/fact-copy.ts';
import { giveFact } from '../apply-fact.ts';
import { crashPoint } from '../crash-point.ts';
import type { Shop } from '../shop.ts';
import { contentOf, GROUP, REPAIRABLE, type RefusedRow, refusedRows } from './refused-rows.ts';
import { type RepairChange, readRepair, repairUndoneFacts } from './repair-facts.ts';
import { prepareReplay, type Replay } from './replay-rows.ts';

/** Which refused rows: those of a group, of a code, or all. */
export interface Selection {
  readonly group?: string;
  readonly code?: string;
}

export const selected = ({ group, code }: Selection): string =>
  [
    ...(group === undefined ? [] : [`${GROUP} = ${literalText(group)}`]),
    ...(code === undefined ? [] : [`q.code = ${literalText(code)}`]),
    'TRUE',
  ].join(' AND ');

/**
 * What a rule would make of refused rows, as if it were applied now. Nothing is stored. Caller holds the database
 * exclusively.
 */
export async function tryRepair(
  shop: Shop,
  selection: Selection,
  rule: RepairRule,
  recorded: EpochMicros,
): Promise<Replay> {
  const rows = await refusedRows(shop.database, `${REPAIRABLE} AND ${selected(selection)}`);
  return prepareReplay(shop, rows, rule, recorded);
}

/**
 * Applies a rule to refused rows: those that pass become events, of the time and place that they came from; those that do
 * not stay refused. The same again changes nothing.
 *
 * Caller holds the database exclusively, and has closed slices follow (`Engine.change`).
 *
 * @throws FootfallError `repair.nothing` when none passes
 * @example await engine.change(() => repairRefused(shop, { code: 'event.price_number' }, rule, Date.now() * 1000))
 */
export async function repairRefused(
  shop: Shop,
  selection: Selection,
  rule: RepairRule,
  recorded: EpochMicros,
): Promise<RepairChange & { readonly repair: number }> {
  const change = await giveFact(shop, async () => {
    const tried = await tryRepair(shop, selection, rule, recorded);
    if (tried.passed.length === 0) {
      const [first] = tried.failed;
      const reason = first === undefined ? 'there are none' : `the first is refused because ${first.why.message}`;
      throw new FootfallError('repair.nothing', { rows: tried.rows.length, reason });
    }
    const rows = tried.passed.flatMap((row) => tried.rows[row] ?? []);
    const copy = keepContent(shop.facts.folder, Buffer.from(rowsCsv(rows)), '.csv');
    crashPoint('repair.rows_kept');
    return {
      fact: { kind: 'repair', rule, file: copy.name, recorded },
      apply: await readRepair(shop, { rule, recorded }, copy.path),
    };
  });
  return { ...change, repair: shop.factsApplied };
}

/** Partition keys and contents have no commas: they are names made here. */
const rowsCsv = (rows: readonly RefusedRow[]): string =>
  [
    'partition,position,content',
    ...rows.map(({ partition, position, bytes }) => `${partition},${position},${contentOf(bytes)}`),
    '',
  ].join('\n');

/**
 * Takes a repair back: its events leave raw, its rows are refused again, and what was closed over them says what it said.
 *
 * Caller holds the database exclusively, and has closed slices follow (`Engine.change`).
 *
 * @param repair number of its fact
 * @throws FootfallError `repair.unknown` when there is none, or it was taken back before
 */
export async function undoRepair(shop: Shop, repair: number, recorded: EpochMicros): Promise<RepairChange> {
  return giveFact(shop, async () => {
    const known = await shop.database.one(`SELECT undone FROM repair WHERE number = ${repair}`);
    if (known === undefined || known['undone'] !== null) {
      const reason = known === undefined ? 'no fact of that number is one' : `fact ${String(known['undone'])} did`;
      throw new FootfallError('repair.unknown', { number: repair, reason });
    }
    const fact = { kind: 'repair-undone', repair, recorded } as const;
    return { fact, apply: await repairUndoneFacts.read(shop, fact, shop.factsApplied + 1) };
  }) as Promise<RepairChange>;
}
