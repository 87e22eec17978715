import { integritySql } from '../compile/integrity.ts';
import { layoutOf, storedColumns } from '../compile/layout.ts';
import { isStored } from '../compile/tables.ts';
import { formatInstant } from '../core/time.ts';
import type { ViewPlan } from '../view/view.ts';
import { allClosed, liesIn, RECOMPUTED, type Sides, WHOLE } from './kinds/kind-engine.ts';
import { engineOf } from './kinds/kinds.ts';
import type { Stretch } from './protocol/self-verify.ts';
import type { ShopSnapshot } from './shop.ts';
import { sealedText } from './unsealed.ts';

/** What comparing one view with raw came to. */
export interface ViewVerdict {
  readonly view: string;
  readonly rows: number;
  /** Rows that are not the same on both sides, counted on each side. */
  readonly differences: number;
  /** One of the differing rows from each side, for a first look. */
  readonly sample: readonly Record<string, unknown>[];
}

export interface VerifyReport {
  readonly equal: boolean;
  readonly views: readonly ViewVerdict[];
  /** Raw against what intake noted, by partition and day. */
  readonly raw: { readonly events: number; readonly days: number; readonly differences: number };
  /** Slices that were left out because events for them wait for the finalizer, or for their load to pass them. */
  readonly waiting: number;
  /** Up to when slices are closed; what lies beyond is open and not compared. Null when all is closed by end. */
  readonly until: string | null;
  /** What happened before it is sealed: compared as well, with the events that there were. Null: nothing is. */
  readonly sealed_before: string | null;
  readonly seconds: number;
}

export interface VerifyOptions {
  readonly views?: readonly string[];
  readonly onView?: (verdict: ViewVerdict) => void;
  /** Seconds on a steady clock. */
  readonly clock: () => number;
}

/**
 * Recomputes the closed slices of every view from raw, in one go and without any state of the engine, and compares
 * them with the stored rows (semantics, "Verify"). Open slices are left out.
 *
 * Slices with a dirty mark that waits are left out too, and counted. `shop` is one committed state on a connection of its own (`Reader.ask`).
 */
export async function verify(shop: ShopSnapshot, { views, onView, clock }: VerifyOptions): Promise<VerifyReport> {
  const began = clock();
  const asked = shop.views.filter((view) => isStored(view) && (views === undefined || views.includes(view.name)));
  const verdicts = await compareViews(shop, asked, onView);
  const raw = await compareRaw(shop);
  return {
    equal: raw.differences === 0 && verdicts.every(({ differences }) => differences === 0),
    views: verdicts,
    raw,
    waiting: await waitingSlices(shop),
    until: allClosed(shop) || shop.ingest.watermark === null ? null : formatInstant(shop.ingest.watermark),
    sealed_before: sealedText(shop),
    seconds: clock() - began,
  };
}

/** Compares closed rows of stored views with rows recomputed from raw. */
export async function compareViews(
  shop: ShopSnapshot,
  views: readonly ViewPlan[],
  onView?: (verdict: ViewVerdict) => void,
): Promise<readonly ViewVerdict[]> {
  await forgetRecomputed(shop);
  const verdicts: ViewVerdict[] = [];
  for (const view of views) {
    const verdict = await compare(shop, view);
    onView?.(verdict);
    verdicts.push(verdict);
  }
  return verdicts;
}

/** Name under which raw itself is verified: against what came in. */
export const RAW = 'raw';

/** Compares what lies in a stretch of a view's history, or of raw. */
export async function verifyStretch(shop: ShopSnapshot, { view: name, start, end }: Stretch): Promise<ViewVerdict> {
  const stretch = start === null || end === null ? WHOLE : { start, end };
  if (name === RAW) {
    const { events, differences } = await compareRaw(shop, stretch);
    return { view: RAW, rows: events, differences, sample: [] };
  }
  const view = shop.view(name);
  if (view === undefined) throw new Error(`there is no view ${name}`);
  await forgetRecomputed(shop);
  return compare(shop, view, stretch);
}

/** Before and after a look at all rows. */
export async function forgetRecomputed({ database }: ShopSnapshot): Promise<void> {
  const tables = await database.rows(
    `SELECT table_name AS name FROM duckdb_tables() WHERE temporary AND starts_with(table_name, '${RECOMPUTED}')`,
  );
  for (const { name } of tables) await database.run(`DROP TABLE temp.${name}`);
}

async function compareRaw(shop: ShopSnapshot, stretch = WHOLE): Promise<VerifyReport['raw']> {
  const { database } = shop;
  const last = Number((await database.one('SELECT coalesce(max(last_seq), 0) AS seq FROM intake'))?.['seq']);
  const noted =
    'SELECT part, day, sum(events)::BIGINT AS events, sum(h0)::HUGEINT AS h0, sum(h1)::HUGEINT AS h1 FROM intake';
  const days = liesIn('make_timestamp(day::BIGINT * 86400000000)', stretch, shop);
  const came = `seq <= ${last} AND ${liesIn('event_time', stretch, shop)}`;
  const row = await database.one(
    `SELECT coalesce(sum(n.events), 0)::BIGINT AS events, count(*) AS days, count(*) FILTER (n.events IS DISTINCT FROM r.events OR n.h0 IS DISTINCT FROM r.h0 OR n.h1 IS DISTINCT FROM r.h1) AS differences FROM (${noted} WHERE ${days} GROUP BY part, day HAVING sum(events) <> 0 OR sum(h0) <> 0 OR sum(h1) <> 0) n FULL JOIN (${integritySql('raw', came)}) r USING (part, day)`,
  );
  return { events: Number(row?.['events']), days: Number(row?.['days']), differences: Number(row?.['differences']) };
}

async function compare(shop: ShopSnapshot, view: ViewPlan, stretch = WHOLE): Promise<ViewVerdict> {
  let rows = 0;
  let differences = 0;
  let sample: readonly Record<string, unknown>[] = [];
  for (const sides of await engineOf(view).sides(shop, view, stretch)) {
    const found = await difference(shop, view, sides);
    rows += found.rows;
    differences += found.differences;
    if (sample.length === 0) sample = found.sample;
  }
  return { view: view.name, rows, differences, sample };
}

/** Counts the rows that are not the same on both sides. */
export async function difference(
  { database, context }: ShopSnapshot,
  view: ViewPlan,
  { should, is }: Sides,
): Promise<Omit<ViewVerdict, 'view'>> {
  const columns = storedColumns(layoutOf(view, context)).join(', ');
  // Sums of hashes settle it nearly always, at a fifth of the cost; only where they differ are rows set side by side.
  const digest = (rows: string) =>
    `SELECT count(*) AS rows, sum(h)::HUGEINT AS one, sum(hash(h))::HUGEINT AS two FROM (SELECT hash(${columns}) AS h FROM (${rows}))`;
  const [mine, theirs] = [await database.one(digest(should)), await database.one(digest(is))];
  const rows = Number(mine?.['rows']);
  if (
    String(mine?.['one']) === String(theirs?.['one']) &&
    String(mine?.['two']) === String(theirs?.['two']) &&
    rows === Number(theirs?.['rows'])
  ) {
    return { rows, differences: 0, sample: [] };
  }
  await database.run(`CREATE OR REPLACE TEMP TABLE verify_should AS SELECT ${columns} FROM (${should})`);
  await database.run(
    `CREATE OR REPLACE TEMP TABLE verify_difference AS (SELECT 'recomputed' AS side, * FROM (FROM verify_should EXCEPT ALL SELECT ${columns} FROM (${is}))) UNION ALL (SELECT 'stored', * FROM (SELECT ${columns} FROM (${is}) EXCEPT ALL FROM verify_should))`,
  );
  const differences = Number((await database.one('SELECT count(*) AS n FROM verify_difference'))?.['n']);
  const sample = differences === 0 ? [] : await database.jsonRows('SELECT DISTINCT ON (side) * FROM verify_difference');
  return { rows, differences, sample };
}

async function waitingSlices({ database }: ShopSnapshot): Promise<number> {
  const row = await database.one(
    'SELECT (SELECT count(*) FROM (SELECT DISTINCT view, window_start FROM dirty_window)) + (SELECT count(*) FROM (SELECT DISTINCT session_id, visitor FROM dirty_session)) + (SELECT count(*) FROM (SELECT DISTINCT key, CASE WHEN key IS NULL THEN batch END FROM dirty_key)) + (SELECT count(*) FROM (SELECT DISTINCT view, batch FROM dirty_batch)) AS n',
  );
  return Number(row?.['n']);
}
