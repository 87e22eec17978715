import { catalog } from '../../shop/views/catalog.ts';
import { keyColumns, snapshotSql } from '../../src/compile/changes.ts';
import { isStored } from '../../src/compile/tables.ts';
import type { Cursor } from '../../src/core/cursor.ts';
import { changesSince } from '../../src/engine/changes.ts';
import type { Reading } from '../../src/engine/read.ts';
import type { ViewPlan } from '../../src/view/view.ts';
import type { AnyRow } from '../oracle/compare-rows.ts';

/** What one look brought, by view. */
export interface Brought {
  readonly kind: 'snapshot' | 'changes';
  readonly upserts: number;
  readonly deletes: number;
}

/** A reader with copies of the views' final rows: it knows only what the changes told it. */
export class Follower {
  private readonly cursors = new Map<string, Cursor>();
  private readonly copies = new Map<string, Map<string, AnyRow>>();
  private readonly views: readonly ViewPlan[];

  constructor(views: readonly ViewPlan[] = catalog) {
    this.views = views.filter(isStored);
  }

  cursor(view: string): Cursor | null {
    return this.cursors.get(view) ?? null;
  }

  /** Its copy of a view's final rows. */
  rows(view: string): readonly AnyRow[] {
    return [...(this.copies.get(view)?.values() ?? [])];
  }

  /** Takes in what changed since the last look. */
  async look(reading: Reading): Promise<ReadonlyMap<string, Brought>> {
    const brought = new Map<string, Brought>();
    for (const view of this.views) brought.set(view.name, await this.lookAt(reading, view));
    return brought;
  }

  /** Looks, and compares its copies with the final rows: lines that say where they differ. */
  async differences(reading: Reading): Promise<string[]> {
    await this.look(reading);
    const lines: string[] = [];
    for (const view of this.views) {
      const rows = await reading.database.jsonRows(snapshotSql(view, reading.context));
      const is = rows.map((row) => JSON.stringify(row)).sort();
      const told = this.rows(view.name)
        .map((row) => JSON.stringify(row))
        .sort();
      if (JSON.stringify(is) === JSON.stringify(told)) continue;
      lines.push(
        `${view.name}: not told of ${is.filter((row) => !told.includes(row)).slice(0, 3)}; still has ${told.filter((row) => !is.includes(row)).slice(0, 3)}`,
      );
    }
    return lines;
  }

  private async lookAt(reading: Reading, view: ViewPlan): Promise<Brought> {
    const { kind, cursor, blocks } = changesSince(reading, view, this.cursor(view.name));
    const copy = kind === 'snapshot' ? new Map<string, AnyRow>() : (this.copies.get(view.name) ?? new Map());
    const keys = keyColumns(view);
    const entries = new Set<string>();
    let deletes = 0;
    for await (const block of blocks) {
      for (const { op, row } of block) {
        const key = JSON.stringify(keys.map((name) => row[name]));
        if (entries.has(key)) throw new Error(`${view.name}: two entries for ${key}`);
        entries.add(key);
        if (op === 'upsert') copy.set(key, row);
        else if (!copy.delete(key)) throw new Error(`${view.name}: ${key} was never there`);
        else deletes += 1;
      }
    }
    this.copies.set(view.name, copy);
    this.cursors.set(view.name, cursor);
    return { kind, upserts: entries.size - deletes, deletes };
  }
}
