import { STRANDS } from '../compile/session.ts';
import type { Span } from '../compile/window.ts';
import { unconvertedEvents } from './foreign-money.ts';
import { columnOf, type Intake } from './intake.ts';
import type { Shop } from './shop.ts';

/**
 * Takes into memory what events that are committed now say of the shop. It cannot fail.
 * @returns how many of them have money that is not converted
 */
export function rememberIntake(shop: Shop, intake: Intake): number {
  if (shop.strands !== STRANDS && lacksSession(intake)) shop.strands = STRANDS;
  if (!shop.context.orphans && hasOrphan(intake)) shop.context = { ...shop.context, orphans: true };
  const unconverted = unconvertedEvents(intake.columns, intake.count);
  shop.unconverted += unconverted;
  shop.extent = widest(shop.extent, intake.time);
  return unconverted;
}

function lacksSession(intake: Intake): boolean {
  const sessions = columnOf(intake, 'session_id');
  if (sessions.kind === 'absent') return intake.count > 0;
  return sessions.kind === 'text' ? sessions.values.includes(null) : sessions.valid?.includes(0) === true;
}

/** An event of a given session that says nothing of its visitor. */
function hasOrphan(intake: Intake): boolean {
  const known = (name: 'session_id' | 'user_id' | 'anonymous_id'): ((row: number) => boolean) => {
    const column = columnOf(intake, name);
    if (column.kind === 'absent') return () => false;
    if (column.kind === 'text') return (row) => column.values[row] !== null;
    return (row) => column.valid?.[row] !== 0;
  };
  const [session, user, anonymous] = [known('session_id'), known('user_id'), known('anonymous_id')];
  for (let row = 0; row < intake.count; row++) if (!user(row) && !anonymous(row) && session(row)) return true;
  return false;
}

function widest(extent: Span | null, times: Float64Array): Span | null {
  let { start, end } = extent ?? { start: Number.POSITIVE_INFINITY, end: Number.NEGATIVE_INFINITY };
  for (const at of times) {
    if (at < start) start = at;
    if (at > end) end = at;
  }
  return start <= end ? { start, end } : extent;
}
