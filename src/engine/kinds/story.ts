import type { CompileContext } from '../../compile/context.ts';
import { resultTable } from '../../compile/layout.ts';
import { enteredKeys, keyOf, type LedgerScope, ledgerOf } from '../../compile/ledger.ts';
import type { Span } from '../../compile/window.ts';
import type { EpochMicros } from '../../core/time.ts';
import type { ViewPlan } from '../../view/view.ts';
import { dirtyKeys } from '../dirty-keys.ts';
import type { ShopSnapshot } from '../shop.ts';
import { allClosed, closedUntil, type FinalizerRun, frontierOf, type KindEngine } from './kind-engine.ts';
import { nothingLive } from './live-table.ts';

/** What tells a ledger from its episodes. */
export interface StoryRows {
  /** Rows of all keys with an entry in the scope. */
  rows(view: ViewPlan, scope: LedgerScope, context: CompileContext): string;
  /** Which of a key's stored rows are replaced when it is gone on from them. */
  readonly goingOn: string;
}

/** Temporary tables of keys: with something new before the frontier, and with entries after it. */
const DIRTY = 'story_dirty';
const ENTERED = 'story_entered';

const BEGINNING = Number.NEGATIVE_INFINITY;
const END = Number.POSITIVE_INFINITY;

/**
 * Views whose slice is a key, and whose rows hold as of the frontier. A slice has no end, and reading all of it at each
 * close would grow with history: a key is gone on from its row with what was entered since. Only where something came
 * before the frontier, or a close by end went beyond it, is the key computed anew from its beginning.
 */
export const stories = (story: StoryRows): KindEngine => ({
  async close(run, view) {
    const { shop } = run;
    const from = run.before(view).until;
    const until = Math.max(from, run.watermark);
    const end = run.byEnd ? END : until;
    if (from === BEGINNING) {
      if (end > from)
        await run.write(view, story.rows(view, { span: { start: from, end } }, shop.context), 'TRUE', run.reopened);
    } else await goOn(run, view, story, { start: from, end });
    return { until, held: [] };
  },

  async live(shop, view, table) {
    const { database, context, extent } = shop;
    if (extent === null) return nothingLive(shop, view, table);
    const from = frontierOf(shop, view).until;
    const keys = `${table}_keys`;
    const ledger = ledgerOf(view, context);
    const later = { start: from, end: END };
    await database.run(`CREATE OR REPLACE TEMP TABLE ${keys} AS ${enteredKeys(ledger, { span: later }, context)}`);
    const based = from !== BEGINNING && shop.final.provisional === null && sameFrontier(shop, view, from);
    const scope = based
      ? { span: later, keys, base: resultTable(view) }
      : { span: { start: BEGINNING, end: END }, keys };
    await database.run(`CREATE OR REPLACE TEMP TABLE ${table} AS ${story.rows(view, scope, context)}`);
    return `NOT (${ofKeys(view, keys)}${based ? ` AND ${story.goingOn}` : ''})`;
  },

  // A story has no end, and is compared as it stands.
  dated: false,

  async sides(shop, view) {
    const { database, context, extent } = shop;
    if (extent === null) return [];
    const until = closedUntil(shop, view);
    const ledger = ledgerOf(view, context);
    const dirty = `${DIRTY}_${view.name}`;
    const entered = `${ENTERED}_${view.name}`;
    await dirtyKeys(shop, ledger, until, 'all', dirty);
    // Rows that a close by end left hold as of that end, until the next close.
    const ahead = shop.final.provisional !== null && !allClosed(shop);
    const beyond = { start: ahead ? until : END, end: END };
    const later = ahead ? enteredKeys(ledger, { span: beyond }, context) : 'SELECT NULL::INTEGER AS k WHERE FALSE';
    await database.run(`CREATE OR REPLACE TEMP TABLE ${entered} AS ${later}`);
    const compared = `NOT ${ofKeys(view, dirty)} AND NOT ${ofKeys(view, entered)}`;
    const should = story.rows(view, { span: { start: BEGINNING, end: until } }, context);
    return [
      {
        should: `SELECT * FROM (${should}) WHERE ${compared}`,
        is: `SELECT * FROM ${resultTable(view)} WHERE ${compared}`,
      },
    ];
  },
});

/** Brings the stored rows from the last frontier to the end of a span. */
async function goOn(run: FinalizerRun, view: ViewPlan, { rows, goingOn }: StoryRows, span: Span): Promise<void> {
  const { shop, comparing } = run;
  const { database, context } = shop;
  const ledger = ledgerOf(view, context);
  const whole: LedgerScope = { span: { start: BEGINNING, end: span.end } };
  const based = !comparing && run.before(ledger).until === span.start;
  if ((await dirtyKeys(shop, ledger, span.start, 'ripe', DIRTY)) > 0)
    await run.restate(view, rows(view, { ...whole, keys: DIRTY }, context), ofKeys(view, DIRTY), run.cause);
  const later = enteredKeys(ledger, { span: comparing ? { start: span.start, end: END } : span }, context);
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${ENTERED} AS FROM (${later}) WHERE k NOT IN (SELECT k FROM ${DIRTY})`,
  );
  const entered = Number((await database.one(`SELECT count(*) AS n FROM ${ENTERED}`))?.['n']);
  if (entered === 0) return;
  const stored = ofKeys(view, ENTERED);
  if (based) {
    const scope = { span, keys: ENTERED, base: resultTable(view) };
    await run.restate(view, rows(view, scope, context), `${stored} AND ${goingOn}`, 'moved');
  } else await run.restate(view, rows(view, { ...whole, keys: ENTERED }, context), stored, run.reopened);
}

const ofKeys = (view: ViewPlan, keys: string): string => `"${keyOf(view).name}" IN (SELECT k FROM ${keys})`;

/** Whether the ledger's rows, which episodes begin with, hold as of the same frontier. */
const sameFrontier = (shop: ShopSnapshot, view: ViewPlan, from: EpochMicros): boolean =>
  frontierOf(shop, ledgerOf(view, shop.context)).until === from;
