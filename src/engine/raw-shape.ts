import { type CompileContext, type IdWidth, type IdWidths, visitorWidth } from '../compile/context.ts';
import { RAW_OPTIONAL, rawType, rawView } from '../compile/raw.ts';
import { idColumns } from '../compile/tables.ts';
import type { BatchColumn } from '../core/batch.ts';
import type { Session } from '../store/session.ts';
import type { ViewPlan } from '../view/view.ts';

const ID_COLUMNS = ['user_id', 'anonymous_id', 'session_id'] as const;
const WIDTH_OF = { int8: 'VARCHAR', int32: 'VARCHAR', int64: 'BIGINT', uuid: 'UUID', text: 'VARCHAR' } as const;

/** How raw events are held: which columns there are, in the order in which they came, and how wide ids are. */
export interface RawShape {
  readonly widths: IdWidths;
  readonly present: readonly string[];
}

/** An empty shop's: ids are narrow, and open to whatever comes first. */
export const FIRST_SHAPE: RawShape = {
  widths: { user_id: 'BIGINT', anonymous_id: 'BIGINT', session_id: 'UUID' },
  present: [],
};

/**
 * The shape that a batch needs: columns that it is the first to have, and widths that hold its ids. The first ids of a
 * column choose, the first misfit after that makes it text for good (semantics, "Events"). Nothing narrows.
 */
export function neededShape({ widths, present }: RawShape, columns: Readonly<Record<string, BatchColumn>>): RawShape {
  const has = (name: string): boolean => columns[name] !== undefined && columns[name].kind !== 'absent';
  const added = RAW_OPTIONAL.filter((name) => !present.includes(name) && has(name === 'id_hash' ? 'event_id' : name));
  const next: Record<keyof IdWidths, IdWidth> = { ...widths };
  for (const name of ID_COLUMNS) {
    const column = columns[name];
    if (column === undefined || column.kind === 'absent') continue;
    const wanted = WIDTH_OF[column.kind];
    if (!present.includes(name)) next[name] = wanted;
    else if (next[name] !== wanted) next[name] = 'VARCHAR';
  }
  const all = [...present, ...added];
  // A column without ids yet goes along with the other half of the visitor, so that the two need no common text.
  if (all.includes('user_id') && !all.includes('anonymous_id')) next.anonymous_id = next.user_id;
  if (all.includes('anonymous_id') && !all.includes('user_id')) next.user_id = next.anonymous_id;
  return { widths: next, present: all };
}

export const sameShape = (a: RawShape, b: RawShape): boolean =>
  a.present.length === b.present.length && ID_COLUMNS.every((name) => a.widths[name] === b.widths[name]);

/** Brings the tables to a new shape. Runs inside a transaction. `context` has the new widths. */
export async function reshape(
  session: Session,
  before: RawShape,
  after: RawShape,
  views: readonly ViewPlan[],
  context: CompileContext,
  types: ReadonlyMap<number, number>,
): Promise<void> {
  const { widths } = after;
  const changes: { table: string; column: string; width: string }[] = [];
  for (const name of after.present) {
    if (!before.present.includes(name))
      await session.run(`ALTER TABLE raw_event ADD COLUMN ${name} ${rawType(name, widths)}`);
    else if (name in widths && rawType(name, widths) !== rawType(name, before.widths))
      changes.push({ table: 'raw_event', column: name, width: rawType(name, widths) });
  }
  if (widths.session_id !== before.widths.session_id)
    changes.push({ table: 'dirty_session', column: 'session_id', width: widths.session_id });
  const visitor = visitorWidth(widths);
  const visitorChanged = visitor !== visitorWidth(before.widths);
  if (visitorChanged) changes.push({ table: 'dirty_session', column: 'visitor', width: visitor });
  const results =
    visitorChanged || widths.session_id !== before.widths.session_id
      ? views.flatMap((view) => idColumns(view, context))
      : [];
  for (const { table, column, width } of [...changes, ...results]) {
    // By way of text: a column without ids may be of a narrow type that does not cast, and text holds any id.
    await session.run(
      `ALTER TABLE ${table} ALTER COLUMN "${column}" TYPE ${width} USING "${column}"::VARCHAR::${width}`,
    );
  }
  await session.run(rawView(after.present, widths, types));
}
