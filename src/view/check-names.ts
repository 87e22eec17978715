import { EVENT_INPUTS, MATCHED } from './input-type.ts';

/** Columns that every result row has besides its own, and those of its history. */
const PROVENANCE = ['is_final', 'revision', 'late_events', 'epoch', 'op', 'until_epoch', 'cause'];
/** Columns that the compiler puts beside the keys. */
const STORED = ['window_start', 'window_end', 'session_id', 'visitor', 'session_start', 'session_end', 'w', 'row'];
const STATES = 'count|present|sum|squares|min|max|distinct|list|quantile|first|last';

const TABLES =
  'raw raw_extra batch epoch symbol partition dimension setting intake intake_before quarantine late_event dirty_window dirty_session dirty_key dirty_batch result session_chain session_fresh session_dirty session_repaired session_going_on view_change view_fresh verify_should verify_difference cart_given cart_gap cart_fresh cart_known cart_late cart_dirty_given cart_dirty_gap anomaly_late anomaly_late_before anomaly_touched category_version code_part count_change count_load count_new dimension_all dimension_changed dimension_load dimension_new recategorised suspect';
/** Words that DuckDB or Spark SQL do not take as the name of a table. */
const SQL_WORDS =
  'all analyse analyze and anti any array as asc asof asymmetric at authorization binary both by case cast check collate collation column columns concurrently constraint create cross default deferrable desc describe distinct do else end except false fetch for foreign freeze from full generated glob group having ilike in initially inner intersect into is isnull join lambda lateral leading left like limit map minus natural not notnull null offset on only or order outer overlaps pivot placing positional primary qualify references returning right select semi show similar some struct summarize symmetric table tablesample then to trailing true try_cast union unique unpack unpivot user using variadic verbose when where window with';

const reserved = new Set([...TABLES.split(' '), ...SQL_WORDS.split(' ')]);
const SNAKE = /^[a-z][a-z0-9_]{0,62}$/;

/** What is wrong with the name of a view or column as such; null when nothing is. */
const spelling = (name: string): string | null =>
  SNAKE.test(name) ? null : 'a name has small letters, digits and _, begins with a letter and is at most 63 long';

/** What is wrong with the name of a view; null when nothing is. */
export function viewNameProblem(name: string): string | null {
  if (reserved.has(name)) return 'the name is reserved';
  if (/^(live|visible)_|_(history|open)$/.test(name))
    return 'names that begin with live_ or visible_, or end in _history or _open, are reserved';
  return spelling(name);
}

/** What is wrong with the name of a column; null when nothing is. Keys are stored beside the states of measures. */
export function columnNameProblem(name: string, isKey: boolean, beside: readonly string[] = []): string | null {
  if (PROVENANCE.includes(name)) return 'the name is reserved for where a row comes from';
  const isStored = STORED.includes(name) || beside.includes(name) || /^i\d+$/.test(name) || isState(name);
  if (isKey && isStored) return 'the name is reserved in a key';
  return spelling(name);
}

function isState(name: string): boolean {
  const [, fn, of] = new RegExp(`^(${STATES})(?:_(.+))?$`).exec(name) ?? [];
  return fn !== undefined && (of === undefined || of === MATCHED || EVENT_INPUTS.has(of));
}
