import type { Millis } from '../../core/time.ts';

/** Work that comes further as long as all is well. */
export interface Work<Name extends string> {
  readonly name: Name;
  /** Something waits for it. */
  readonly waits: boolean;
  /** A number that is another one whenever it has come further. */
  readonly progress: number;
}

/** Since when work is where it is, although something waits for it. */
export type Standing<Name extends string> = ReadonlyMap<Name, { readonly progress: number; readonly since: Millis }>;

/**
 * Which work stands, from one look to the next. Work for which nothing waits does not stand, however long it does nothing.
 * @param at wall clock of this look, on any scale
 * @example standing = stillStanding(standing, [{ name: 'journal', waits: true, progress: 7 }], performance.now())
 */
export function stillStanding<Name extends string>(
  before: Standing<Name>,
  works: readonly Work<Name>[],
  at: Millis,
): Standing<Name> {
  return new Map(
    works
      .filter(({ waits }) => waits)
      .map(({ name, progress }) => {
        const known = before.get(name);
        return [name, known?.progress === progress ? known : { progress, since: at }];
      }),
  );
}

/** Work that has stood for longer than it may, with for how long. */
export const stalled = <Name extends string>(
  standing: Standing<Name>,
  limits: Readonly<Record<Name, Millis>>,
  at: Millis,
): ReadonlyMap<Name, Millis> =>
  new Map(
    [...standing].flatMap(([name, { since }]) => (at - since >= limits[name] ? [[name, at - since] as const] : [])),
  );
