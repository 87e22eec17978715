/**
 * The candidate that somebody most likely meant by `name`: the nearest one that needs few enough changes of a letter,
 * counting two swapped neighbours as one change; null when none is near.
 * @example closest('latenes', ['lateness', 'late']) // 'lateness'
 */
export const closest = (name: string, candidates: Iterable<string>): string | null => {
  const wanted = name.toLowerCase();
  let best: string | null = null;
  let fewest = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const changes = distance(wanted, candidate.toLowerCase());
    if (changes < fewest) {
      fewest = changes;
      best = candidate;
    }
  }
  return best;
};

/** ` (did you mean "lateness"?)`, or nothing: made to follow a name in a message. */
export const didYouMean = (name: string, candidates: Iterable<string>): string => {
  const best = closest(name, candidates);
  return best === null ? '' : ` (did you mean "${best}"?)`;
};

/** Optimal string alignment: insertions, deletions, replacements and swaps of neighbours. */
const distance = (a: string, b: string): number => {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? 0;
};
