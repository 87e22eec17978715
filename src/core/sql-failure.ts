/** What DuckDB says is wrong with a statement, and where. */
export interface SqlFailure {
  readonly reason: string;
  /** As 'line 2, column 15'; null where it does not say. */
  readonly where: string | null;
}

const KINDS =
  /^(Binder|Catalog|Parser|Conversion|Invalid Input|Out of Range|Invalid Type|Not implemented|Permission|IO|HTTP|Missing Extension) (?:Error|Exception): /i;

/**
 * Place of a byte of a statement.
 * @example placeOf('select 1\nfrm x', 9) // 'line 2, column 1'
 */
export function placeOf(sql: string, byte: number): string {
  const before = new TextDecoder().decode(new TextEncoder().encode(sql).subarray(0, byte)).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/**
 * DuckDB's error about a statement that parses but cannot run, in its own words; null for an error of another kind.
 * @param linesBefore that were put before the statement
 */
export function sqlFailure(message: string, linesBefore = 0): SqlFailure | null {
  const kind = KINDS.exec(message);
  if (kind === null) return null;
  const [first = '', ...rest] = message.slice(kind[0].length).split('\n');
  const hint = rest.find((line) => /^(Did you mean|Candidate)/.test(line));
  const at = rest.findIndex((each) => each.startsWith('LINE '));
  const [, number] = /^LINE (\d+)/.exec(rest[at] ?? '') ?? [];
  const shown = rest[at] ?? '';
  const column = (rest[at + 1] ?? '').indexOf('^') - (/^LINE \d+: /.exec(shown)?.[0].length ?? 0) + 1;
  const known = column > 0 && !shown.includes(': ...') ? `, column ${column}` : '';
  return {
    reason: hint === undefined ? first : `${first} ${hint}`,
    where: number === undefined ? null : `line ${Number(number) - linesBefore}${known}`,
  };
}
