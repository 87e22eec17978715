import { periodSql } from '../../journey/periods.ts';
import type { Period } from '../../journey/question.ts';
import type { Session } from '../../store/session.ts';
import { type Comparison, partners } from './comparison.ts';
import { type GroupedSource, orderOf, periodColumns, periodsIn, sideSql } from './grouped-rows.ts';
import { timeColumn, typesOf } from './view-columns.ts';

const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL|DOUBLE|FLOAT)/;

/**
 * Groups of a range beside those of another: each measure also as `NAME_before`, and of numbers what changed
 * (`NAME_change`) and by which share of what was (`NAME_change_rate`, null where that was 0). A group that only one of the
 * two has is there as well.
 */
export async function comparedRows(database: Session, rows: GroupedSource, comparison: Comparison) {
  const { keys, measures } = rows;
  const { unit } = keys;
  const own = periodsOf(rows, comparison, 'own');
  const { sql: mine } = sideSql(rows, comparison.own, unit === null ? null : periodSql(timeOf(rows), own));
  const before = periodsOf(rows, comparison, 'other');
  const { sql: theirs } = sideSql(rows, comparison.other, unit === null ? null : periodSql(timeOf(rows), before));
  const types = new Map((await typesOf(database, `(${mine})`)).map(({ name, type }) => [name, type]));
  const other = unit === null ? theirs : renumbered(theirs, partners(comparison, unit, own, before));
  const names = [...keys.columns.map((name) => `"${name}"`), ...(unit === null ? [] : ['period'])];
  const on = names.map((name) => `a.${name} IS NOT DISTINCT FROM b.${name}`);
  const joined = [
    ...names.map((name) => `coalesce(a.${name}, b.${name}) AS ${name}`),
    ...measures.flatMap(({ name, nothing }) => [
      `coalesce(a."${name}", ${nothing}) AS "${name}"`,
      `coalesce(b."${name}", ${nothing}) AS "${name}_before"`,
    ]),
    'coalesce(a.is_final, TRUE) AND coalesce(b.is_final, TRUE) AS is_final',
  ];
  const sides = `SELECT ${joined.join(', ')} FROM (${mine}) a ${on.length === 0 ? 'CROSS JOIN' : 'FULL JOIN'} (${other}) b${on.length === 0 ? '' : ` ON ${on.join(' AND ')}`}`;
  const shown = measures.flatMap(({ name }) => {
    const both = [`"${name}"`, `"${name}_before"`];
    if (!NUMBER.test(types.get(name) ?? '')) return both;
    const change = `("${name}" - "${name}_before")`;
    const rate = `CASE WHEN "${name}_before" <> 0 THEN ${change}::DOUBLE / "${name}_before"::DOUBLE END`;
    return [...both, `${change} AS "${name}_change"`, `${rate} AS "${name}_change_rate"`];
  });
  const columns = [...keys.columns.map((name) => `"${name}"`), ...periodColumns(keys, own), ...shown, 'is_final'];
  return {
    sql: `(SELECT ${columns.join(', ')} FROM (${sides}))`,
    order: orderOf(keys),
    shown: undefined,
    compared: comparison.other,
  };
}

const timeOf = ({ view }: GroupedSource): string => `"${timeColumn(view)}"`;

const periodsOf = ({ view, keys }: GroupedSource, comparison: Comparison, which: 'own' | 'other'): readonly Period[] =>
  keys.unit === null ? [] : periodsIn(view, keys.unit, comparison[which], comparison.zone);

/** Groups of the other range under the numbers of their partners; those without one are left out. */
const renumbered = (sql: string, places: readonly (number | null)[]): string =>
  `SELECT * REPLACE (([${places.map((each) => each ?? 'NULL').join(', ')}]::BIGINT[])[period + 1] AS period) FROM (${sql}) WHERE ([${places.map((each) => each ?? 'NULL').join(', ')}]::BIGINT[])[period + 1] IS NOT NULL`;
