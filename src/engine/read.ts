import { resultTable } from '../compile/layout.ts';
import { liveRows, present, projected, storedRows } from '../compile/present.ts';
import { FRESH, keyColumn, ofStrand } from '../compile/session.ts';
import { isStored } from '../compile/tables.ts';
import { rollupRows, windowRows } from '../compile/window.ts';
import type { ViewPlan } from '../view/view.ts';
import { prepareClosing } from './close-sessions.ts';
import { calendarWindows } from './protocol/calendar.ts';
import { closedBefore } from './protocol/frontier.ts';
import type { Shop } from './shop.ts';

const live = (view: ViewPlan): string => `live_${view.name}`;
/** Relation of a prepared view's rows in stored form: final ones and live ones. */
export const visibleRows = (view: ViewPlan): string => `visible_${view.name}`;

/**
 * Makes every view readable under its own name for this connection: final rows, and for slices that are still open
 * the live rows of the committed batch (semantics 17). Live rows are computed once a batch, on first reading.
 */
export class Reader {
  private readonly shop: Shop;
  private readonly ready = new Map<string, string>();

  constructor(shop: Shop) {
    this.shop = shop;
  }

  /** Makes the views of these names, and those they are made from, readable. Caller holds the database exclusively. */
  async prepare(views: readonly ViewPlan[]): Promise<void> {
    const { database } = this.shop;
    for (const view of views) {
      await this.materialise(view);
      const sql = isStored(view)
        ? present(view, `SELECT * FROM ${visibleRows(view)}`, this.shop.context)
        : projected(view, 'TRUE', this.shop.context);
      await database.run(`CREATE OR REPLACE TEMP VIEW ${view.name} AS ${sql}`);
    }
  }

  /** True while everything that came in was closed by end: nothing is live. */
  private get allClosed(): boolean {
    return this.shop.final.byEnd && this.shop.final.batch === this.shop.ingest.batch;
  }

  private async materialise(view: ViewPlan): Promise<void> {
    if (!isStored(view)) return;
    const version = `${this.shop.ingest.batch}/${this.shop.final.epoch}`;
    if (this.ready.get(view.name) === version) return;
    const parent = view.kind.kind === 'rollup' ? this.shop.view(view.kind.parent) : undefined;
    if (parent !== undefined) await this.materialise(parent);
    const { database, context } = this.shop;
    const hidden = this.allClosed ? await this.nothingLive(view) : await this.computeLive(view);
    await database.run(
      `CREATE OR REPLACE TEMP VIEW ${visibleRows(view)} AS ${storedRows(view, hidden, context)} UNION ALL ${liveRows(view, `SELECT * FROM ${live(view)}`, context)}`,
    );
    this.ready.set(view.name, version);
  }

  private async nothingLive(view: ViewPlan): Promise<string> {
    const { database } = this.shop;
    await database.run(`CREATE OR REPLACE TEMP TABLE ${live(view)} AS SELECT * FROM ${resultTable(view)} WHERE FALSE`);
    return 'TRUE';
  }

  /** Fills the table of live rows; returns the condition that picks the stored rows which still stand. */
  private async computeLive(view: ViewPlan): Promise<string> {
    switch (view.kind.kind) {
      case 'window':
        return this.liveWindows(view);
      case 'session':
        return this.liveSessions(view);
      case 'rollup':
        return this.liveRollup(view);
      case 'project':
        return 'TRUE';
    }
  }

  private frontier(view: ViewPlan) {
    return this.shop.final.frontier[view.name] ?? { until: Number.NEGATIVE_INFINITY, held: [] };
  }

  private async liveWindows(view: ViewPlan): Promise<string> {
    const { shop } = this;
    const { database, context, extent, settings } = shop;
    if (view.kind.kind !== 'window' || extent === null) return this.nothingLive(view);
    const { windowing } = view.kind;
    const { until } = this.frontier(view);
    const start = Math.max(until, closedBefore(windowing, Number.NEGATIVE_INFINITY, extent, settings.zone).first);
    if (windowing.shape === 'calendar') {
      const windows = calendarWindows(start, extent.end + 1, windowing.unit, settings.zone);
      if (windows.length === 0) return this.nothingLive(view);
      await database.run(
        `CREATE OR REPLACE TEMP TABLE ${live(view)} AS ${windowRows(view, { by: 'windows', windows }, context)}`,
      );
    } else {
      const scope = { by: 'starts', span: { start, end: Number.POSITIVE_INFINITY } } as const;
      await database.run(`CREATE OR REPLACE TEMP TABLE ${live(view)} AS ${windowRows(view, scope, context)}`);
    }
    return `window_start < ${context.dialect.instant(start)}`;
  }

  private async liveSessions(view: ViewPlan): Promise<string> {
    const { database, context, extent } = this.shop;
    if (extent === null) return this.nothingLive(view);
    await this.nothingLive(view);
    const from = Math.max(this.frontier(view).until, extent.start);
    for (const strand of this.shop.strands) {
      await prepareClosing(this.shop, view, strand, { from, to: Number.POSITIVE_INFINITY });
      await database.run(`INSERT INTO ${live(view)} BY NAME SELECT * EXCLUDE (open) FROM ${FRESH}`);
    }
    // A stored row gives way to the live session that it became part of, and to what a close by end left beyond the frontier.
    const overlaps = this.shop.strands.map((strand) => {
      const key = keyColumn(strand);
      return `(${ofStrand(strand)} AND t."${key}" IN (SELECT l."${key}" FROM ${live(view)} l WHERE l."${key}" IS NOT NULL AND ${ofStrand(strand)} AND l.session_start <= t.session_end))`;
    });
    return `session_end < ${context.dialect.instant(from)} AND NOT coalesce(${overlaps.join(' OR ')}, FALSE)`;
  }

  private async liveRollup(view: ViewPlan): Promise<string> {
    const { database, context } = this.shop;
    const parent = view.kind.kind === 'rollup' ? this.shop.view(view.kind.parent) : undefined;
    if (view.kind.kind !== 'rollup' || view.kind.windowing.shape === 'calendar' || parent === undefined)
      return this.nothingLive(view);
    const { windowing } = view.kind;
    const { until, held } = this.frontier(view);
    const { size } = windowing;
    const start = Number.isFinite(until) ? until : 0;
    const later = rollupRows(
      view,
      { by: 'starts', span: { start, end: Number.POSITIVE_INFINITY } },
      visibleRows(parent),
      context,
    );
    const windows = held.map((at) => ({ start: at, end: at + size }));
    const earlier =
      windows.length === 0
        ? ''
        : ` UNION ALL ${rollupRows(view, { by: 'windows', windows }, visibleRows(parent), context)}`;
    await database.run(`CREATE OR REPLACE TEMP TABLE ${live(view)} AS ${later}${earlier}`);
    const holding =
      held.length === 0 ? '' : ` AND window_start NOT IN (${held.map((at) => context.dialect.instant(at)).join(', ')})`;
    return `window_start < ${context.dialect.instant(start)}${holding}`;
  }
}
