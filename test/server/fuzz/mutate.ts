import fc from 'fast-check';
import { HOSTILE_VALUES } from './hostile-values.ts';

type Path = readonly (string | number)[];

/** Every place in a value, the whole first. */
function placesOf(value: unknown, path: Path = []): readonly Path[] {
  if (value === null || typeof value !== 'object' || path.length > 8) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key]))];
}

/** The value with something else at a place; `undefined` takes out what is there. */
function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) {
    const copy: unknown[] = [...value];
    if (rest.length === 0 && by === undefined) copy.splice(Number(key), 1);
    else copy[Number(key)] = replaced(copy[Number(key)], rest, by);
    return copy;
  }
  const entries = Object.entries(value as object).flatMap(([name, inner]) => {
    if (name !== String(key)) return [[name, inner] as const];
    const put = replaced(inner, rest, by);
    return put === undefined ? [] : [[name, put] as const];
  });
  return Object.fromEntries(entries);
}

/** Values that are almost what was asked for: something else in one to three places, or missing there, or too much. */
export const almost = (values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      values,
      fc.array(
        fc.tuple(
          fc.nat(),
          fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...HOSTILE_VALUES) }, fc.constant(undefined)),
        ),
        { minLength: 1, maxLength: 3 },
      ),
      fc.option(fc.tuple(fc.constantFrom('extra', '__proto__', 'constructor', ''), fc.constantFrom(...HOSTILE_VALUES))),
    )
    .map(([value, changes, more]) => {
      let changed = value;
      for (const [at, by] of changes) {
        const places = placesOf(changed);
        changed = replaced(changed, places[at % places.length] ?? [], by);
      }
      if (more === null || changed === null || typeof changed !== 'object' || Array.isArray(changed)) return changed;
      return Object.fromEntries([...Object.entries(changed), more]);
    });
