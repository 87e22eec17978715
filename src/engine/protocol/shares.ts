/** What an event takes in memory while the list of all events of its session is made: lists cannot go to disk. */
const BYTES_AN_EVENT = 900;

/** What everything else takes meanwhile. */
const ELSE = 150_000_000;

/** Even where memory is short: smaller shares cost more than they save. */
const FEWEST = 50_000;

/**
 * Into how many shares keys are divided, so that the lists of all events of a share fit in memory.
 *
 * @param events of all keys together
 * @param memory of the database, in bytes
 * @example sharesOf(2_000_000, 600_000_000) // 4
 */
export const sharesOf = (events: number, memory: number): number =>
  Math.max(1, Math.ceil(events / Math.max(FEWEST, (memory - ELSE) / BYTES_AN_EVENT)));
