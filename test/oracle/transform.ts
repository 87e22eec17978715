/**
 * What may happen to a stream on its way, as pure functions of a list of picks. Picks are plain numbers, so fast-check
 * shrinks them on their own, a failing case can be committed as data, and no picks means nothing happens.
 */
export type Picks = readonly number[];

/** Another order of arrival: element i swaps with a picked earlier one. */
export function shuffle<T>(items: readonly T[], picks: Picks): T[] {
  const result = [...items];
  if (picks.length === 0) return result;
  for (let i = result.length - 1; i > 0; i--) {
    const j = (picks[i % picks.length] ?? 0) % (i + 1);
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

/** Consecutive parts, one more than there are picks; parts may be empty, together they are the stream. */
export function split<T>(items: readonly T[], picks: Picks): T[][] {
  const cuts = picks.map((pick) => pick % (items.length + 1)).sort((a, b) => a - b);
  return [0, ...cuts].map((from, i) => items.slice(from, cuts[i] ?? items.length));
}

/** Sends items again: of each two picks, the first says which, the second how much later at the earliest. */
export function duplicate<T>(items: readonly T[], picks: Picks): T[] {
  const result = [...items];
  for (const [which, later] of pairs(picks)) {
    if (result.length === 0) break;
    const from = which % result.length;
    result.splice(from + 1 + (later % (result.length - from)), 0, result[from] as T);
  }
  return result;
}

/** Holds items back: of each two picks, the first says which, the second by how many places. */
export function delay<T>(items: readonly T[], picks: Picks): T[] {
  const result = [...items];
  for (const [which, places] of pairs(picks)) {
    if (result.length === 0) break;
    const from = which % result.length;
    const [item] = result.splice(from, 1);
    result.splice(Math.min(from + places, result.length), 0, item as T);
  }
  return result;
}

function pairs(picks: Picks): [number, number][] {
  return Array.from({ length: Math.floor(picks.length / 2) }, (_, i) => [picks[2 * i] ?? 0, picks[2 * i + 1] ?? 0]);
}
