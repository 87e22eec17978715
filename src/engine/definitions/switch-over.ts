import { historyTable, openTable, resultTable } from '../../compile/layout.ts';
import type { EpochMicros } from '../../core/time.ts';
import type { ViewPlan } from '../../view/view.ts';
import { crashPoint } from '../crash-point.ts';
import type { Shop } from '../shop.ts';
import { type FinalState, type Frontier, saveFinalState } from '../state.ts';
import { type Beside, besideName, besideOf, ownName, saveBeside } from './beside.ts';
import { saveDefinitions } from './definitions.ts';
import { saveSince, sinceOf } from './since.ts';

/**
 * Lets the definitions beside and those in force change places: tables, frontiers and marks go by other names from here
 * on, in an epoch of its own. Nothing is computed. What was in force is kept beside, and can be gone back to in the same
 * way.
 *
 * Caller holds the database exclusively, is inside a transaction, and takes the result into use when it is committed.
 *
 * @returns what takes it into use in memory
 */
export async function switchOver(shop: Shop, now: EpochMicros): Promise<() => void> {
  const { database, definitions, beside, final } = shop;
  if (beside === null) throw new Error('nothing is kept beside the definitions in force');
  const former: Beside = besideOf('former', definitions, beside.definitions);
  const names: Names = {
    comes: beside.views.map((view) => ({ ...view, name: ownName(view.name) })),
    goes: former.views.map((view) => ({ ...view, name: ownName(view.name) })),
  };
  for (const sql of renaming(names)) await database.run(sql);
  for (const sql of renamingMarks(names)) await database.run(sql);
  const epoch = final.epoch + 1;
  const next: FinalState = { ...final, epoch, frontier: renamedFrontier(final.frontier, names) };
  const there = new Set(beside.definitions.views.map(({ name }) => name));
  const since = sinceOf(
    [...shop.since].filter(([name]) => there.has(name)),
    names.comes,
    epoch,
  );
  await saveDefinitions(database, beside.definitions);
  await saveBeside(database, former);
  await saveSince(database, since);
  await saveFinalState(database, next, now);
  crashPoint('switch.before_commit');
  return () => {
    shop.keep(beside.definitions, former);
    shop.since = since;
    shop.final = next;
  };
}

/** Views by their own names: those that come into force, and those that go out of it. */
interface Names {
  readonly comes: readonly ViewPlan[];
  readonly goes: readonly ViewPlan[];
}

const WAITING = '_waiting_';

/** By way of a third name: a table cannot take the name of one that still has it. */
function renaming({ comes, goes }: Names): readonly string[] {
  const move = (view: ViewPlan, from: (name: string) => string, to: (name: string) => string): string[] => {
    const tables = [resultTable, historyTable, ...(view.kind.kind === 'session' ? [openTable] : [])];
    return tables.map((table) => {
      const [, name] = table({ name: to(view.name) }).split('.');
      return `ALTER TABLE ${table({ name: from(view.name) })} RENAME TO ${name}`;
    });
  };
  const own = (name: string): string => name;
  const waiting = (name: string): string => `${WAITING}${name}`;
  return [
    ...goes.flatMap((view) => move(view, own, waiting)),
    ...comes.flatMap((view) => move(view, besideName, own)),
    ...goes.flatMap((view) => move(view, waiting, besideName)),
  ];
}

function renamingMarks(names: Names): readonly string[] {
  const pairs = [...renamedNames(names)];
  if (pairs.length === 0) return [];
  const cases = pairs.map(([from, to]) => `WHEN '${from}' THEN '${to}'`).join(' ');
  const list = pairs.map(([from]) => `'${from}'`).join(', ');
  return ['dirty_window', 'dirty_batch'].map(
    (table) => `UPDATE ${table} SET view = CASE view ${cases} END WHERE view IN (${list})`,
  );
}

const renamedNames = ({ comes, goes }: Names): ReadonlyMap<string, string> =>
  new Map([
    ...comes.map(({ name }) => [besideName(name), name] as const),
    ...goes.map(({ name }) => [name, besideName(name)] as const),
  ]);

function renamedFrontier(
  frontier: Readonly<Record<string, Frontier>>,
  names: Names,
): Readonly<Record<string, Frontier>> {
  const renamed = renamedNames(names);
  return Object.fromEntries(Object.entries(frontier).map(([name, each]) => [renamed.get(name) ?? name, each]));
}
