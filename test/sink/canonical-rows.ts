/** A value whatever store wrote it: numbers as decimal text, times as UTC with microseconds. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, each]) => [key, canonical(each)]),
    );
  if (typeof value !== 'string') return value;
  const [, instant, fraction = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|\+00:00)$/.exec(value) ?? [];
  if (instant !== undefined) return `${instant}.${fraction.padEnd(6, '0')}Z`;
  if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value)) return value;
  if (/e/i.test(value)) return String(Number(value));
  return value.includes('.') ? value.replace(/\.?0+$/, '') : value;
}

/** Numbers as they are written: those of a decimal have more digits than a double. */
const numbersAsText = (_: string, value: unknown, { source }: { readonly source?: string } = {}): unknown =>
  typeof value === 'number' && source !== undefined ? source : value;

/**
 * Rows as sorted text, in which values that are equal are written alike.
 * @param rows as JSON
 * @example canonicalRows(['{"a":12.50,"at":"2020-01-01T00:00:00+00:00"}']) // ['{"a":"12.5","at":"2020-01-01T00:00:00.000000Z"}']
 */
export const canonicalRows = (rows: readonly string[]): readonly string[] =>
  rows
    .map((row) => JSON.stringify(canonical(JSON.parse(row, numbersAsText as Parameters<typeof JSON.parse>[1]))))
    .sort();
