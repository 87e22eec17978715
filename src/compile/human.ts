import { type CompileContext, visitorSql } from './context.ts';

/** Kinds of rows in the table `dimension` that facts about visitors make: key is the visitor, as text. */
export const LINK = 'same_as';
export const BOT = 'bot';

/** Whether an event's visitor is not known as a bot at its time. Nobody's events are nobody's who is one. */
export function humanSql({ dialect, widths }: CompileContext): string {
  const known = `SELECT min(valid_from) FROM (SELECT key AS bot, valid_from FROM dimension WHERE kind = '${BOT}') WHERE bot = ${dialect.toText(visitorSql(widths))}`;
  return `coalesce((${known}) > event_time, TRUE)`;
}
