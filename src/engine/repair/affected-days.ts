import { eventScope } from '../../compile/context.ts';
import { compileWhere } from '../../compile/expression.ts';
import { withoutProperties } from '../../compile/property.ts';
import { rawColumns, rawType } from '../../compile/raw.ts';
import { isStored } from '../../compile/tables.ts';
import { literalText } from '../../core/sql-text.ts';
import { any, type Expression } from '../../view/expression.ts';
import type { ViewPlan } from '../../view/view.ts';
import type { Shop } from '../shop.ts';
import { writeRaw } from '../write-batch.ts';
import type { Replay } from './replay-rows.ts';

/** Events that a view would take, and the shop's days that they are of. */
export interface AffectedDays {
  readonly view: string;
  readonly events: number;
  /** Such as `2019-10-01`, in order. */
  readonly days: readonly string[];
}

const TABLE = 'repair_preview';
const BASE_TYPES =
  'seq BIGINT, batch INTEGER, part INTEGER, position BIGINT, event_time TIMESTAMP, event_type INTEGER, category_name INTEGER, late BOOLEAN';

/**
 * Which views take the events of a replay, and on which days: no row of another day begins to say something else. A
 * view whose conditions ask for properties is named for all events that may have them. Nothing is stored.
 */
export async function affectedDays(shop: Shop, replay: Replay): Promise<readonly AffectedDays[]> {
  const { intake, shape } = replay;
  if (intake.count === 0) return [];
  const { database, settings } = shop;
  const optional = shape.present.map((name) => `${name} ${rawType(name, shape.widths)}`);
  await database.run(`CREATE OR REPLACE TEMP TABLE ${TABLE} (${[BASE_TYPES, ...optional].join(', ')})`);
  const { extra: _, ...narrow } = intake;
  const nowhere = { batch: 0, firstSeq: -intake.count, parts: replay.partitions.map(() => 0), load: null };
  await writeRaw(database, narrow, nowhere, shape, `temp.main.${TABLE}`);
  const context = { ...shop.context, widths: shape.widths };
  const zone = literalText(settings.zone);
  const found: AffectedDays[] = [];
  for (const view of shop.views.filter(isStored)) {
    const rows = await database.rows(
      `SELECT strftime(timezone(${zone}, timezone('UTC', event_time)), '%Y-%m-%d') AS day, count(*) AS events FROM (SELECT ${rawColumns(shape.present, shape.widths)} FROM ${TABLE}) WHERE ${compileWhere(takenBy(view, shop), eventScope(context), context)} GROUP BY 1 ORDER BY 1`,
    );
    if (rows.length === 0) continue;
    const events = rows.reduce((sum, row) => sum + Number(row['events']), 0);
    found.push({ view: view.name, events, days: rows.map(({ day }) => String(day)) });
  }
  await database.run(`DROP TABLE ${TABLE}`);
  return found;
}

/** A condition on events that holds of all that change a row of the view. */
function takenBy(view: ViewPlan, shop: Shop): Expression | undefined {
  const { kind, where } = view;
  if ('parent' in kind) {
    const parent = shop.view(kind.parent);
    return parent === undefined ? undefined : takenBy(parent, shop);
  }
  const also =
    kind.kind === 'absence'
      ? any(kind.adds, kind.removes, kind.recoveredBy)
      : kind.kind === 'ledger'
        ? any(kind.takes, kind.adds)
        : kind.kind === 'match' && where !== undefined
          ? any(where, kind.followedBy)
          : undefined;
  const condition = kind.kind === 'match' ? (also ?? where) : both(where, also);
  return condition === undefined ? undefined : withoutProperties(condition);
}

const both = (a: Expression | undefined, b: Expression | undefined): Expression | undefined =>
  a === undefined || b === undefined ? (a ?? b) : { kind: 'all', of: [a, b] };
