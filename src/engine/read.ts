import { resultTable } from '../compile/layout.ts';
import { liveRows, present, projected, storedRows } from '../compile/present.ts';
import { isStored } from '../compile/tables.ts';
import type { Session } from '../store/session.ts';
import { Turn } from '../store/turn.ts';
import type { ViewPlan } from '../view/view.ts';
import { allClosed } from './kinds/kind-engine.ts';
import { engineOf } from './kinds/kinds.ts';
import { liveTable, visibleRows } from './kinds/live-table.ts';
import type { Shop, ShopSnapshot } from './shop.ts';

/** One committed state, with the views asked for readable under their own names on its connection. */
export interface Reading extends ShopSnapshot {
  /** Makes more views, and those they are made from, readable. */
  prepare(views: readonly ViewPlan[]): Promise<void>;
}

/**
 * Answers questions on a connection of its own: each sees one committed state, holds up no batch and no epoch, and
 * waits for none but the start of its transaction. A view has its final rows, and for slices that are still open the
 * live rows of the committed batch (semantics 17), computed once a batch, on first reading.
 */
export class Reader {
  private readonly shop: Shop;
  private readonly session: Session;
  private readonly turn = new Turn();
  /** By view: the state that its temporary tables were made at. */
  private readonly ready = new Map<string, string>();

  constructor(shop: Shop, session: Session) {
    this.shop = shop;
    this.session = session;
  }

  /**
   * Runs `work` on one committed state; questions to the same reader wait for each other.
   * @example await reader.ask([view], ({ database }) => database.jsonRows(`SELECT * FROM ${view.name}`))
   */
  ask<T>(views: readonly ViewPlan[], work: (reading: Reading) => Promise<T>): Promise<T> {
    return this.turn.take(async () => {
      const snapshot = await this.shop.begin(this.session);
      const prepare = async (more: readonly ViewPlan[]): Promise<void> => {
        for (const view of more) await this.prepare(snapshot, view);
      };
      try {
        return await this.session.finish(async () => {
          await prepare(views);
          return work({ ...snapshot, prepare });
        });
      } catch (error) {
        // What the transaction had made is gone with it.
        this.ready.clear();
        throw error;
      }
    });
  }

  private async prepare(shop: ShopSnapshot, view: ViewPlan): Promise<void> {
    const version = `${shop.ingest.batch}/${shop.final.epoch}`;
    if (this.ready.get(view.name) === version) return;
    const parent = view.kind.kind === 'rollup' ? shop.view(view.kind.parent) : undefined;
    if (parent !== undefined) await this.prepare(shop, parent);
    const { database, context } = shop;
    if (isStored(view)) await this.materialise(shop, view);
    const sql = isStored(view)
      ? present(view, `SELECT * FROM ${visibleRows(view)}`, context)
      : projected(view, 'TRUE', context);
    await database.run(`CREATE OR REPLACE TEMP VIEW ${view.name} AS ${sql}`);
    this.ready.set(view.name, version);
  }

  private async materialise(shop: ShopSnapshot, view: ViewPlan): Promise<void> {
    const { database, context } = shop;
    const { rows, standing } = allClosed(shop)
      ? { rows: null, standing: 'TRUE' }
      : await engineOf(view).live(shop, view);
    const live = rows ?? `SELECT * FROM ${resultTable(view)} WHERE FALSE`;
    await database.run(`CREATE OR REPLACE TEMP TABLE ${liveTable(view)} AS ${live}`);
    await database.run(
      `CREATE OR REPLACE TEMP VIEW ${visibleRows(view)} AS ${storedRows(view, standing, context)} UNION ALL ${liveRows(view, `SELECT * FROM ${liveTable(view)}`, context)}`,
    );
  }
}

/** Runs `work` with a reader and a connection of its own: for what may take long. */
export async function withReader<T>(shop: Shop, work: (reader: Reader) => Promise<T>): Promise<T> {
  const session = await shop.database.connect();
  try {
    return await work(new Reader(shop, session));
  } finally {
    shop.database.disconnect(session);
  }
}
