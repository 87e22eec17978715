import { catalog } from '../../shop/views/catalog.ts';
import { historyTable, layoutOf, resultTable, storedColumns } from '../../src/compile/layout.ts';
import { isStored } from '../../src/compile/tables.ts';
import type { AnyRow } from '../oracle/compare-rows.ts';
import type { TestShop } from './test-shop.ts';

/** What the result tables held after an epoch: one text a row, sorted, by view. */
type Snapshot = ReadonlyMap<string, readonly string[]>;

const views = catalog.filter(isStored);

/**
 * Notes what every epoch left, and checks at the end that history tells the same (semantics, "Changes"): the rows of
 * any past epoch are those rows and former images that held at it, and nothing was written that did not change a
 * column.
 */
export class Epochs {
  private readonly snapshots = new Map<number, Snapshot>();

  /** To be called after each finalize. */
  async note(shop: TestShop): Promise<void> {
    const taken = new Map<string, readonly string[]>();
    for (const view of views) {
      const rows = await shop.rows(`SELECT COLUMNS(*)::VARCHAR FROM ${resultTable(view)}`);
      taken.set(view.name, rows.map((row) => JSON.stringify(Object.values(row))).sort());
    }
    this.snapshots.set(shop.shop.final.epoch, taken);
  }

  /** Lines that say where history and the past disagree; empty when nowhere. */
  async contradictions(shop: TestShop): Promise<string[]> {
    const lines: string[] = [];
    for (const view of views) {
      const now = await shop.rows(`SELECT COLUMNS(*)::VARCHAR FROM ${resultTable(view)}`);
      const former = await shop.rows(`SELECT COLUMNS(*)::VARCHAR FROM ${historyTable(view)}`);
      for (const [epoch, taken] of this.snapshots) {
        const then = heldAt(epoch, now, former);
        const noted = taken.get(view.name) ?? [];
        if (JSON.stringify(then) !== JSON.stringify(noted)) {
          lines.push(`${view.name} at epoch ${epoch}: history says ${then.join(' ')}, it was ${noted.join(' ')}`);
        }
      }
      const columns = storedColumns(layoutOf(view, shop.shop.context)).map((name) => name.replaceAll('"', ''));
      lines.push(...idleWrites(view.name, columns, now, former));
    }
    return lines.slice(0, 5);
  }
}

const PAST = ['op', 'until_epoch', 'cause'];

function heldAt(epoch: number, now: readonly AnyRow[], former: readonly AnyRow[]): string[] {
  const rows = [
    ...now.filter((row) => Number(row['epoch']) <= epoch),
    ...former.filter((row) => Number(row['epoch']) <= epoch && Number(row['until_epoch']) > epoch),
  ];
  return rows
    .map((row) => Object.entries(row).flatMap(([column, value]) => (PAST.includes(column) ? [] : [value])))
    .map((values) => JSON.stringify(values))
    .sort();
}

/** Former images that were replaced, in the same epoch, by rows that say the same. */
function idleWrites(
  view: string,
  columns: readonly string[],
  now: readonly AnyRow[],
  former: readonly AnyRow[],
): string[] {
  const said = (row: AnyRow, epoch: unknown) => JSON.stringify([epoch, ...columns.map((column) => row[column])]);
  const written = new Set([...now, ...former].map((row) => said(row, row['epoch'])));
  return former
    .filter((row) => written.has(said(row, row['until_epoch'])))
    .map((row) => `${view}: replaced by itself in epoch ${row['until_epoch']}: ${JSON.stringify(row)}`);
}
