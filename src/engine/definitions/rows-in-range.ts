import { absenceRows, slicesIn } from '../../compile/absence.ts';
import { episodeRows } from '../../compile/episode.ts';
import { resultTable } from '../../compile/layout.ts';
import { ledgerRows } from '../../compile/ledger.ts';
import { matchRows } from '../../compile/match.ts';
import { STRANDS, sessionRows, strandEvents } from '../../compile/session.ts';
import { rollupRows, type Span, type WindowScope, windowRows } from '../../compile/window.ts';
import type { Windowing } from '../../view/kind.ts';
import type { ViewPlan } from '../../view/view.ts';
import { calendarWindows } from '../protocol/calendar.ts';
import type { ShopSnapshot } from '../shop.ts';

/**
 * Rows of a view in stored form over the events of a range, as SQL, without any stored row of it; null for kinds that have
 * none. What reaches over the edges of the range is cut there; stories have no edges and are told from their beginning.
 *
 * @param parent relation of the rows that it is made from
 */
export function rowsInRange(shop: ShopSnapshot, view: ViewPlan, range: Span, parent?: string): string | null {
  const { context, settings } = shop;
  const { kind } = view;
  const always = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };
  const scope = (windowing: Windowing): WindowScope =>
    windowing.shape === 'calendar'
      ? { by: 'windows', windows: calendarWindows(range.start, range.end, windowing.unit, settings.zone) }
      : { by: 'starts', span: range };
  switch (kind.kind) {
    case 'window':
      return windowRows(view, scope(kind.windowing), context);
    case 'match':
      return matchRows(view, scope(kind.windowing), context);
    case 'session': {
      const { dialect } = context;
      const within = `event_time >= ${dialect.instant(range.start)} AND event_time < ${dialect.instant(range.end)}`;
      const rows = STRANDS.map((strand) => {
        const events = `(SELECT * FROM ${strandEvents(view, strand, context)} WHERE ${within})`;
        return `(SELECT * FROM (${sessionRows(view, strand, events, context)}))`;
      });
      return rows.join(' UNION ALL BY NAME ');
    }
    case 'rollup':
      return rollupRows(view, scope(kind.windowing), parent ?? resultTable({ name: kind.parent }), context);
    case 'absence': {
      const span = { start: range.start, end: Number.POSITIVE_INFINITY };
      const rows = STRANDS.map((strand) => {
        const slices = `(${slicesIn(view, strand, { span }, context)})`;
        return `(SELECT * FROM (${absenceRows(view, strand, slices, span, Number.POSITIVE_INFINITY, context)}))`;
      });
      return rows.join(' UNION ALL BY NAME ');
    }
    case 'ledger':
      return ledgerRows(view, { span: always }, context);
    case 'episode':
      return episodeRows(view, { span: always }, context);
    default:
      return null;
  }
}

/** The stored column whose day a row belongs to; null where a row belongs to none. */
export function dayColumn({ kind }: ViewPlan): string | null {
  switch (kind.kind) {
    case 'window':
    case 'match':
    case 'rollup':
      return 'window_start';
    case 'session':
    case 'absence':
      return 'session_start';
    case 'episode':
      return 'opened_at';
    default:
      return null;
  }
}
