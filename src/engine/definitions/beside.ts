import { isStored } from '../../compile/tables.ts';
import type { Session } from '../../store/session.ts';
import type { ViewPlan } from '../../view/view.ts';
import type { ShopSnapshot } from '../shop.ts';
import { loadSetting, saveSetting } from '../state.ts';
import { type Definitions, differing } from './definitions.ts';

/**
 * Other definitions than those in force, with the rows of views that differ kept in tables of their own: the finalizer
 * closes and restates them like any others, and nobody reads them. They take the place of those in force by being
 * renamed.
 */
export interface Beside {
  /** Made to be applied, or applied before and kept to go back to. */
  readonly role: 'next' | 'former';
  /** As they would be in force, under their own names. */
  readonly definitions: Definitions;
  /** Those with tables of their own, under the names that the tables have; parents first. */
  readonly views: readonly ViewPlan[];
}

/** No view that is declared begins so. */
const PREFIX = '_beside_';
export const besideName = (name: string): string => `${PREFIX}${name}`;
export const ownName = (name: string): string => name.slice(PREFIX.length);
export const isBeside = (name: string): boolean => name.startsWith(PREFIX);
/** The same, in SQL. */
export const isBesideName = (column: string): string => `starts_with(${column}, '${PREFIX}')`;

/** What is to be kept beside the definitions in force: their stored views that are not there, or have other rows. */
export function besideOf(role: Beside['role'], definitions: Definitions, inForce: Definitions): Beside {
  const stored = differing(definitions, inForce).filter(isStored);
  const names = new Set(stored.map(({ name }) => name));
  const views = stored.map((view) => renamed(view, names));
  return { role, definitions, views };
}

function renamed(view: ViewPlan, names: ReadonlySet<string>): ViewPlan {
  const { kind } = view;
  const madeFrom = 'parent' in kind && names.has(kind.parent) ? { ...kind, parent: besideName(kind.parent) } : kind;
  return { ...view, name: besideName(view.name), kind: madeFrom };
}

/** Null when nothing is kept beside. */
export async function storedBeside(database: Session): Promise<Beside | null> {
  const stored = await loadSetting(database, 'beside');
  return stored === undefined ? null : (JSON.parse(stored) as Beside | null);
}

/** Runs inside the transaction that changes the tables. */
export const saveBeside = (database: Session, beside: Beside | null): Promise<void> =>
  saveSetting(database, 'beside', JSON.stringify(beside));

/** All views with tables: those in force, and those beside them. */
export const keptViews = ({ views, beside }: Pick<ShopSnapshot, 'views' | 'beside'>): readonly ViewPlan[] => [
  ...views,
  ...(beside?.views ?? []),
];

/** The shop as views kept beside see it: with their zone, and with all views under the names of their tables. */
export function seenFromBeside<S extends ShopSnapshot>(shop: S, { definitions, views: own }: Beside): S {
  const { zone } = definitions;
  const views = [...shop.views, ...own];
  return {
    ...shop,
    views,
    settings: { ...shop.settings, zone },
    context: { ...shop.context, zone, views: new Map(views.map((view) => [view.name, view])) },
    view: (name: string) => views.find((view) => view.name === name),
  };
}
