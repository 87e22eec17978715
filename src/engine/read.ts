import { liveRows, present, projected, storedRows } from '../compile/present.ts';
import { readBy } from '../compile/rollup.ts';
import { isStored } from '../compile/tables.ts';
import type { Session } from '../store/session.ts';
import { Turn } from '../store/turn.ts';
import type { ViewPlan } from '../view/view.ts';
import { allClosed } from './kinds/kind-engine.ts';
import { engineOf } from './kinds/kinds.ts';
import { liveTable, nothingLive, visibleRows } from './kinds/live-table.ts';
import type { Shop, ShopSnapshot } from './shop.ts';

/** One committed state, with the views asked for readable under their own names on its connection. */
export interface Reading extends ShopSnapshot {
  /** Makes more views, and those they are made from, readable. */
  prepare(views: readonly ViewPlan[]): Promise<void>;
}

/**
 * Answers questions on a connection of its own: each sees one committed state, holds up no batch and no epoch, and
 * waits for none but the start of its transaction. A view has its final rows, and for slices that are still open the
 * live rows of the committed batch (semantics, "Time and finality"), computed once a batch, on first reading.
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
    const { database, context } = shop;
    await this.once(shop, view.name, async () => {
      const parent = view.kind.kind === 'rollup' ? shop.view(view.kind.parent) : undefined;
      if (parent !== undefined) await this.prepareFor(shop, parent, view);
      if (isStored(view)) await materialise(shop, view, liveTable(view), visibleRows(view));
      const sql = isStored(view)
        ? present(view, `SELECT * FROM ${visibleRows(view)}`, context)
        : projected(view, 'TRUE', context);
      await database.run(`CREATE OR REPLACE TEMP VIEW ${view.name} AS ${sql}`);
    });
  }

  /** Rows of a parent for its child alone: the lists that only the parent shows are most of its cost. */
  private async prepareFor(shop: ShopSnapshot, parent: ViewPlan, child: ViewPlan): Promise<void> {
    await this.once(shop, visibleRows(parent, child), () =>
      materialise(shop, readBy(parent, child), liveTable(parent, child), visibleRows(parent, child)),
    );
  }

  /** Temporary tables are made once for each committed state. */
  private async once(
    { ingest, final, factsApplied }: ShopSnapshot,
    name: string,
    make: () => Promise<void>,
  ): Promise<void> {
    const version = `${this.session.connections}/${ingest.batch}/${final.epoch}/${factsApplied}`;
    if (this.ready.get(name) === version) return;
    await make();
    this.ready.set(name, version);
  }
}

async function materialise(shop: ShopSnapshot, view: ViewPlan, live: string, visible: string): Promise<void> {
  const { database, context } = shop;
  const standing = allClosed(shop) ? await nothingLive(shop, view, live) : await engineOf(view).live(shop, view, live);
  await database.run(
    `CREATE OR REPLACE TEMP VIEW ${visible} AS ${storedRows(view, standing, context)} UNION ALL ${liveRows(view, `SELECT * FROM ${live}`, context)}`,
  );
}

/** Runs `work` with a reader and a connection of its own: for what may take long. */
export async function withReader<T>(shop: Shop, work: (reader: Reader) => Promise<T>): Promise<T> {
  const session = await shop.database.connect();
  try {
    return await work(new Reader(shop, session));
  } finally {
    await shop.database.disconnect(session);
  }
}
