import { literalText } from '../../core/sql-text.ts';
import { formatInstant, TIME_FROM, TIME_UNTIL } from '../../core/time.ts';
import type { PeopleFact, PersonRow } from '../../journal/fact-log.ts';
import { readTable } from '../dimension/read-table.ts';
import type { Shop } from '../shop.ts';

const LOAD = 'people_load';
const [FROM, UNTIL] = [TIME_FROM, TIME_UNTIL].map((at) => literalText(formatInstant(at)));

/**
 * Links (anonymous_id, user_id) or marks (visitor) of a CSV with a header; a column valid_from dates them.
 * @param shownAs the path that the file was given by, for errors
 * @throws FootfallError `dimension.file`, `dimension.columns`, `dimension.row` naming the first bad line
 */
export async function readPeople(
  shop: Shop,
  says: PeopleFact['says'],
  csv: string,
  shownAs: string,
): Promise<readonly PersonRow[]> {
  const links = says === 'same_as';
  const visitor = links ? 'anonymous_id' : 'visitor';
  await readTable(shop, {
    csv,
    shownAs,
    needed: links ? [visitor, 'user_id'] : [visitor],
    select: (columns) => {
      const given = columns.includes('valid_from') ? 'valid_from' : 'NULL::VARCHAR';
      return `${visitor} AS visitor, ${links ? 'user_id' : 'NULL::VARCHAR'} AS person, ${given} AS given, try_cast(${given} AS TIMESTAMP) AS since`;
    },
    reason: `CASE WHEN visitor IS NULL THEN '${visitor} is empty' ${links ? "WHEN person IS NULL THEN 'user_id is empty'" : ''} WHEN given IS NOT NULL AND (since IS NULL OR since < ${FROM}::TIMESTAMP OR since >= ${UNTIL}::TIMESTAMP) THEN 'valid_from is not a time from 1990 to 2199: ' || given END`,
    into: LOAD,
  });
  const rows = await shop.database.rows(`SELECT visitor, person, epoch_us(since) AS since FROM ${LOAD} ORDER BY line`);
  return rows.map((row) => ({
    visitor: String(row['visitor']),
    ...(links ? { user: String(row['person']) } : {}),
    from: row['since'] === null ? null : Number(row['since']),
  }));
}
