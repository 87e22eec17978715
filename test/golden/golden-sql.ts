import { catalog } from '../../shop/views/catalog.ts';
import { absenceRows, concerns, recovers, slicesIn } from '../../src/compile/absence.ts';
import { anomalyEvents, anomalyRows, storedEvents, storedHistory } from '../../src/compile/anomaly.ts';
import { firstClose, restate } from '../../src/compile/change.ts';
import type { CompileContext } from '../../src/compile/context.ts';
import { duckdb } from '../../src/compile/dialect/duckdb/duckdb.ts';
import { episodeRows } from '../../src/compile/episode.ts';
import { eventsOf, type PublishedRow } from '../../src/compile/events.ts';
import { resultTable } from '../../src/compile/layout.ts';
import { enteredKeys, type LedgerScope, ledgerOf, ledgerRows } from '../../src/compile/ledger.ts';
import { matchRows } from '../../src/compile/match.ts';
import { liveRows, present, projected, published, storedRows } from '../../src/compile/present.ts';
import {
  carriedSql,
  freshRows,
  freshSql,
  nextSql,
  reopenSql,
  STRANDS,
  sessionRows,
  strandEvents,
} from '../../src/compile/session.ts';
import { createTables, dropTables, idColumns } from '../../src/compile/tables.ts';
import { rollupRows, type WindowScope, windowRows } from '../../src/compile/window.ts';
import { EVENT_TYPES } from '../../src/core/event.ts';
import { hours, minutes } from '../../src/core/time.ts';
import type { ViewPlan } from '../../src/view/view.ts';

/** 2020-01-05, a day before a Monday. */
const NOON = Date.UTC(2020, 0, 5, 12) * 1000;

/** The same number for a text in every run: event types first, then a hash far above them. */
function symbol(text: string): number {
  const known = (EVENT_TYPES as readonly string[]).indexOf(text);
  if (known >= 0) return known + 1;
  return [...text].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 9000, 0) + 1000;
}

export const goldenContext: CompileContext = {
  dialect: duckdb,
  zone: 'Europe/Athens',
  widths: { user_id: 'BIGINT', anonymous_id: 'VARCHAR', session_id: 'UUID' },
  symbol,
  orphans: true,
  views: new Map(catalog.map((view) => [view.name, view])),
};

/** Where nothing has to be converted: all people are numbers, and the shop lives in UTC. */
export const plainContext: CompileContext = {
  ...goldenContext,
  zone: 'UTC',
  widths: { user_id: 'BIGINT', anonymous_id: 'BIGINT', session_id: 'BIGINT' },
};

const windowAt = (start: number, size: number) => ({ start, end: start + size });

function rowsOfWindows(view: ViewPlan, context: CompileContext): readonly (readonly [string, string])[] {
  if (!('windowing' in view.kind)) return [];
  const { windowing } = view.kind;
  const rows = (scope: WindowScope) =>
    view.kind.kind === 'window'
      ? windowRows(view, scope, context)
      : view.kind.kind === 'match'
        ? matchRows(view, scope, context)
        : rollupRows(view, scope, 'result.user_session_analytics', context);
  const size = windowing.shape === 'calendar' ? hours(24 * 31) : windowing.size;
  const listed = [
    'rows of listed windows',
    rows({ by: 'windows', windows: [windowAt(NOON, size), windowAt(NOON + 4 * size, size)] }),
  ] as const;
  if (windowing.shape === 'calendar') return [listed];
  return [
    ['rows of a range', rows({ by: 'starts', span: { start: NOON, end: NOON + hours(1) } })],
    ['rows from a start on', rows({ by: 'starts', span: { start: NOON, end: Number.POSITIVE_INFINITY } })],
    listed,
  ];
}

function rowsOfSessions(view: ViewPlan, context: CompileContext): readonly (readonly [string, string])[] {
  if (view.kind.kind !== 'session') return [];
  const closing = { from: NOON, to: NOON + minutes(30) };
  const byEnd = { ...closing, to: Number.POSITIVE_INFINITY };
  return STRANDS.flatMap((strand) => [
    [`${strand}: rows`, sessionRows(view, strand, strandEvents(view, strand, context), context)] as const,
    [`${strand}: next, catching up`, nextSql(view, strand, closing, false, context)] as const,
    [`${strand}: next, live`, nextSql(view, strand, closing, true, context)] as const,
    [`${strand}: next, by end`, nextSql(view, strand, byEnd, false, context)] as const,
    [`${strand}: carried`, carriedSql(view, strand, closing, null, context)] as const,
    [`${strand}: carried, few may be reopened`, carriedSql(view, strand, closing, ['a', "o'b"], context)] as const,
    [`${strand}: carried, none reopened`, carriedSql(view, strand, closing, [], context)] as const,
    [`${strand}: fresh`, freshSql(view, strand, closing, NOON - hours(1), context)] as const,
    [`${strand}: fresh, nothing carried, by end`, freshSql(view, strand, byEnd, null, context)] as const,
    [`${strand}: fresh, carried from the bound on`, freshSql(view, strand, closing, NOON, context)] as const,
    ...Object.entries(reopenSql(view, strand, closing, context)).map(
      ([step, sql]) => [`${strand}: reopen, ${step}`, sql] as const,
    ),
    [`${strand}: due rows`, freshRows(view, context)] as const,
  ]);
}

function rowsOfCarts(view: ViewPlan, context: CompileContext): readonly (readonly [string, string])[] {
  if (view.kind.kind !== 'absence') return [];
  const span = { start: NOON, end: NOON + hours(1) };
  const later = { start: NOON, end: Number.POSITIVE_INFINITY };
  const events = [
    ['events that concern it', concerns(view, context)],
    ['events that recover', recovers(view, context)],
  ] as const;
  const rows = STRANDS.flatMap((strand) => [
    [`${strand}: slices`, slicesIn(view, strand, { span }, context)] as const,
    [`${strand}: slices from a time on`, slicesIn(view, strand, { span: later }, context)] as const,
    [`${strand}: slices of keys`, slicesIn(view, strand, { span, keys: 'keys' }, context)] as const,
    [`${strand}: rows`, absenceRows(view, strand, 'slices', span, Number.POSITIVE_INFINITY, context)] as const,
    [`${strand}: live rows`, absenceRows(view, strand, 'slices', later, NOON + hours(2), context)] as const,
    [`${strand}: live rows before any clock`, absenceRows(view, strand, 'slices', later, -Infinity, context)] as const,
  ]);
  return [...events, ...rows];
}

function rowsOfStories(view: ViewPlan, context: CompileContext): readonly (readonly [string, string])[] {
  if (view.kind.kind !== 'ledger' && view.kind.kind !== 'episode') return [];
  const rows = (scope: LedgerScope) =>
    view.kind.kind === 'ledger' ? ledgerRows(view, scope, context) : episodeRows(view, scope, context);
  const [start, end] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const span = { start: NOON, end: NOON + hours(1) };
  const ledger = ledgerOf(view, context);
  return [
    ['rows', rows({ span: { start, end } })],
    ['rows of keys up to a frontier', rows({ span: { start, end: NOON }, keys: 'keys' })],
    ['rows gone on from', rows({ span, keys: 'keys', base: resultTable(view) })],
    ['keys with entries', enteredKeys(ledger, { span }, context)],
    ['nothing yet', enteredKeys(ledger, { span: { start, end: start } }, context)],
  ];
}

function rowsOfAnomalies(view: ViewPlan, context: CompileContext): readonly (readonly [string, string])[] {
  if (view.kind.kind !== 'anomaly') return [];
  const span = { start: NOON, end: NOON + hours(1) };
  const all = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };
  const day = { utc: 18266, start: NOON - hours(14), end: NOON + hours(10), day: 18266 };
  const scored = anomalyEvents(view, span, [day], context);
  const history = storedHistory(view, resultTable(view), `moment < ${context.dialect.instant(NOON)}`, context);
  return [
    ['events where days are those of UTC', anomalyEvents(view, all, null, context, ['batch = 7'])],
    ['events of no day', anomalyEvents(view, span, [], context)],
    ['stored events', storedEvents(view, resultTable(view), 'seq = 7', context)],
    ['rows', anomalyRows(view, { scored }, context)],
    ['rows gone on from', anomalyRows(view, { scored, history }, context)],
  ];
}

function changes(view: ViewPlan, context: CompileContext): readonly (readonly [string, string])[] {
  if (view.kind.kind === 'project') return [];
  const { compare, retire, insert } = restate(view, 'FROM fresh', 'TRUE', 7, 'late', context);
  return [
    ['first close', firstClose(view, 'FROM fresh', 7, context)],
    ...[...compare, ...retire, insert].map((sql, i) => [`restate ${i + 1}`, sql] as const),
  ];
}

/** A row as it is read, for each kind of value. */
function publishedRow(view: ViewPlan, filled: boolean): PublishedRow {
  const value = (column: ViewPlan['columns'][number]) => {
    if (column.value.role === 'episode' && column.value.part === 'closed_at' && !filled) return null;
    if (column.value.role === 'window' && column.value.edge === 'end') return '2020-01-05T12:05:00.000000Z';
    if (column.value.role === 'window' || column.unit === 'time') return '2020-01-05T12:00:00.000000Z';
    if (column.value.role === 'elapsed') return 90;
    if (column.value.role === 'session' && column.value.part === 'id') return filled ? "s'1" : '~v1~1578225600000000';
    if (column.value.role === 'key' && !filled) return null;
    return column.name.endsWith('_of_day') || column.name.endsWith('_of_week') ? 5 : "x'y";
  };
  return Object.fromEntries(view.columns.map((column) => [column.name, value(column)]));
}

const receipts = (view: ViewPlan, context: CompileContext): readonly (readonly [string, string])[] =>
  [true, false].map((filled) => [
    `events of a row ${filled ? 'with' : 'without'} keys`,
    eventsOf(view, publishedRow(view, filled), context, 'parents'),
  ]);

/** Every statement that a view is compiled to, each with what it is for. */
export function goldenSql(view: ViewPlan, context: CompileContext): string {
  const statements: (readonly [string, string])[] = [
    ['types', view.columns.map((column) => `${column.name} ${published(column, view, context).type}`).join(', ')],
    ...createTables(view, context).map((sql, i) => [`table ${i + 1}`, sql] as const),
    ...rowsOfWindows(view, context),
    ...rowsOfSessions(view, context),
    ...rowsOfCarts(view, context),
    ...rowsOfStories(view, context),
    ...rowsOfAnomalies(view, context),
    ...changes(view, context),
    ...receipts(view, context),
    ...(view.kind.kind === 'project'
      ? [['rows', projected(view, 'TRUE', context)] as const]
      : [
          ['present', present(view, `SELECT * FROM ${resultTable(view)}`, context)] as const,
          ['stored rows', storedRows(view, 'TRUE', context)] as const,
          ['live rows', liveRows(view, 'FROM live', context)] as const,
          ...dropTables(view).map((sql, i) => [`drop ${i + 1}`, sql] as const),
          [
            'id columns',
            idColumns(view, context)
              .map(({ table, column, width }) => `${table} ${column} ${width}`)
              .join(', '),
          ] as const,
        ]),
  ];
  return statements.map(([title, sql]) => `-- ${title}\n${sql}\n`).join('\n');
}
