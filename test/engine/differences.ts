import type { CanonicalEvent } from '../../src/core/event.ts';
import type { Stream } from '../oracle/arbitrary.ts';
import { type AnyRow, compareRows } from '../oracle/compare-rows.ts';
import type { OracleFacts, Row } from '../oracle/input.ts';
import { oracle } from '../oracle/oracle.ts';
import { TABLE_NAMES, type TableName } from '../oracle/table.ts';
import type { Tables } from './test-shop.ts';

export type ExpectedTables = Readonly<Record<TableName, readonly Row[]>>;

/** The streams' one attribute of users is called what the shop's user dimension calls it. */
export const asSegments = (users: OracleFacts['users'] = []) =>
  users.map(({ tier, ...user }) => ({ ...user, segment: tier ?? null }));

/** The oracle's tables over some of a stream's events, with the columns named as the shop names them. */
export function expectedTables(
  events: readonly CanonicalEvent[],
  facts: OracleFacts,
  settings: Stream['settings'],
): ExpectedTables {
  const tables = oracle(events, facts, settings);
  const enriched = tables.enriched_events.map(({ tier, ...row }) => ({ ...row, user_segment: tier ?? null }));
  return { ...tables, enriched_events: enriched };
}

/**
 * Differences between what tables must say and what they say, at most a few lines a table. Rows must be final, unless
 * `live`: then whether a session is over, or a cart abandoned, is left out too.
 */
export function differences(
  expected: Readonly<Record<TableName, readonly AnyRow[]>>,
  actual: Tables,
  { live = false } = {},
): string[] {
  return TABLE_NAMES.flatMap((table) => {
    const known = new Set(Object.keys(expected[table][0] ?? {}));
    const compared = (column: string) =>
      !(table === 'enriched_events' && !known.has(column)) &&
      !(live && (column === 'status' || column === 'abandoned_at'));
    const cells = (row: AnyRow): AnyRow =>
      Object.fromEntries(Object.entries(row).filter(([column]) => compared(column)));
    const lines = compareRows(table, expected[table].map(cells), actual[table].map(cells));
    const open = live ? [] : actual[table].filter((row) => row['is_final'] !== true);
    return [...lines.slice(0, 4), ...open.slice(0, 2).map((row) => `${table}: not final: ${JSON.stringify(row)}`)];
  });
}
