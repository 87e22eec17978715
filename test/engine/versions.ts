import type { Count, ProductVersion, UserVersion } from '../oracle/input.ts';
import { type EpochMicros, formatInstant, parseInstant } from '../oracle/instant.ts';

/**
 * A dimension's versions after another load (semantics, "Facts and dimensions"): the first load holds for always, a
 * later one from the shop clock on, and a row that says what held at its time anyway is no version.
 */
export function withLoad<V extends ProductVersion | UserVersion>(
  known: readonly V[],
  rows: readonly V[],
  key: 'product_id' | 'user_id',
  clock: EpochMicros,
): readonly V[] {
  const from = formatInstant(known.length === 0 ? 0 : clock);
  const fresh = new Set<V>();
  const byId = Map.groupBy(known, (version) => version[key]);
  for (const row of rows) {
    const version = { ...row, valid_from: row.valid_from ?? from };
    fresh.add(version);
    const others = (byId.get(row[key]) ?? []).filter((other) => startOf(other) !== startOf(version));
    byId.set(row[key], [...others, version]);
  }
  return [...byId.values()].flatMap((versions) =>
    versions
      .sort((a, b) => startOf(a) - startOf(b))
      .filter((version, i) => !fresh.has(version) || said(version) !== said(versions[i - 1])),
  );
}

const startOf = ({ valid_from }: ProductVersion | UserVersion): EpochMicros => parseInstant(valid_from ?? '');

const said = (version: ProductVersion | UserVersion | undefined): string =>
  version === undefined ? '' : JSON.stringify({ ...version, valid_from: null });

/** The known counts after another load: without a time of their own, those of the first load are before all events, later ones of the shop clock. */
export function withCounts(known: readonly Count[], rows: readonly Count[], clock: EpochMicros): readonly Count[] {
  const from = formatInstant(known.length === 0 ? 0 : clock);
  return [...known, ...rows.map((count) => ({ ...count, counted_at: count.counted_at ?? from }))];
}
