import { EVENT } from './pick.ts';
import type { ListName } from './scope.ts';

/** The events of sessions as rows: the columns of `kept`, one column for each list, and `place`, from 1 in its session. */
export const eventsSql = (sessions: string, kept: readonly string[], lists: readonly ListName[]): string => {
  const names = [...new Set(lists)];
  const columns = [
    ...kept,
    ...names.map((name) => `unnest(${name}) AS ${EVENT[name]}`),
    `generate_subscripts(${names[0]}, 1) AS place`,
  ];
  return `SELECT ${columns.join(', ')} FROM ${sessions}`;
};
