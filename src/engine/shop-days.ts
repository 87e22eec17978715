import type { DayPiece, ShopDays } from '../compile/anomaly.ts';
import { eventScope } from '../compile/context.ts';
import { compileWhere } from '../compile/expression.ts';
import { withinSpan } from '../compile/ledger.ts';
import type { Span } from '../compile/window.ts';
import { days } from '../core/time.ts';
import type { ViewPlan } from '../view/view.ts';
import { calendarWindows, localMicros } from './protocol/calendar.ts';
import type { ShopSnapshot } from './shop.ts';

const DAY = days(1);

/** Finding where a day begins takes the zone database many questions: asked once for each day. */
const known = new Map<string, readonly DayPiece[]>();

/** The shop's days, in pieces by day of UTC, of a view's events in a span; days without any are left out. */
export async function shopDays(
  { database, context, settings: { zone } }: ShopSnapshot,
  view: ViewPlan,
  span: Span,
): Promise<ShopDays> {
  if (zone === 'UTC') return null;
  const where = [...withinSpan('event_time', span, context), compileWhere(view.where, eventScope(context), context)];
  const rows = await database.rows(
    `SELECT DISTINCT ${context.dialect.bucket('event_time', DAY)} AS day FROM raw WHERE ${where.join(' AND ')} ORDER BY 1`,
  );
  return rows.flatMap((row) => piecesOf(Number(row['day']), zone));
}

function piecesOf(utc: number, zone: string): readonly DayPiece[] {
  const name = `${zone}/${utc}`;
  const found = known.get(name);
  if (found !== undefined) return found;
  const windows = calendarWindows(utc * DAY, (utc + 1) * DAY, 'day', zone);
  // Where a clock is turned back over midnight a day begins before the old one's last hour: it is named by its beginning.
  const pieces = windows.map(({ start, end }) => ({
    utc,
    start,
    end,
    day: Math.floor(localMicros(start, zone) / DAY),
  }));
  known.set(name, pieces);
  return pieces;
}
