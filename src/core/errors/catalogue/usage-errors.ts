import { area } from '../error-entry.ts';

const usage = area({ exit: 'usage', http: 400, whose: 'user', retry: false });
const unknown = area({ exit: 'usage', http: 404, whose: 'user', retry: false });
const refused = area({ exit: 'usage', http: 400, whose: 'user', retry: false });
const silent = area({ exit: 'external', http: 503, whose: 'external', retry: true });
const conflict = area({ exit: 'usage', http: 409, whose: 'user', retry: false });
const other = area({ exit: 'usage', http: 403, whose: 'user', retry: false });
const busy = area({ exit: 'external', http: 503, whose: 'user', retry: true });
const check = area({ exit: 'failed', http: 409, whose: 'internal', retry: false });

/** What was asked for cannot be done as asked. */
export const USAGE_ERRORS = {
  'cli.usage': usage('wrong usage', '{reason}', 'footfall {command?} --help shows the options with examples'),
  'cli.unknown_command': usage(
    'unknown command',
    'there is no command {name}{suggestion?}',
    'footfall --help lists the commands',
  ),
  'cli.server': refused('server refuses', '{url} says: {detail} ({code})', '{hint}'),
  'cli.server_silent': silent(
    'server does not answer',
    '{url} does not answer: {reason}',
    'footfall status says on its machine whether it runs, and where it listens',
  ),
  'config.invalid': usage(
    'wrong configuration',
    '{problems}',
    'footfall config --explain shows every setting, where its value comes from and what it may be',
  ),
  'config.currency_fixed': usage(
    'currency cannot change',
    'the money of this shop is in {stored}, and its events and rates cannot be counted in {currency}',
    'set currency back to {stored}; to count in {currency}, replay the sources into a new data folder and load rates in {currency} there',
  ),
  'config.file': usage(
    'configuration file fails',
    '{path} cannot be loaded: {reason}',
    'correct the file; "node {path}" shows the place',
  ),
  'view.compile': usage(
    'view cannot be compiled',
    'view {view}: {reason}',
    'correct the declaration; footfall views show NAME prints one that works',
  ),
  'view.gone': usage(
    'a definition in force means nothing any more',
    'view {view} is in force by a definition that this version cannot compute: {reason}',
    'use the version that applied it; or go on by the definitions of this one with footfall replay --apply, which computes what differs again',
  ),
  'view.unknown': unknown('unknown view', 'there is no view {view}{suggestion?}', 'footfall views lists them'),
  'view.column_unknown': usage(
    'unknown column',
    'view {view} has no column {column}{suggestion?}',
    'footfall views show {view} lists its columns',
  ),
  'view.not_stored': usage(
    'view has no changes',
    'the rows of view {view} are made when they are read, one for each event: nothing is known of their changes',
    'footfall query {view} reads them; every view of another kind has changes',
  ),
  'query.cursor': usage(
    'wrong cursor',
    '{cursor} is not a cursor of the form GENERATION:EPOCH',
    'give the cursor from the last line of footfall changes, or none for a snapshot',
  ),
  'query.page': usage(
    'wrong cursor',
    'the cursor is not of these rows in this order',
    'give next from the page before, with the same view and order; leave it out for the first page',
  ),
  'query.filter': usage(
    'wrong filter',
    '"{filter}" chooses no rows of view {view}: {reason}',
    'a filter is COLUMN:OP:VALUE such as brand:eq:Acme or event_count:gte:10; OP is eq, ne, lt, lte, gt, gte, in, contains, starts or null',
  ),
  'query.group': usage(
    'rows cannot be grouped so',
    'rows of view {view} cannot be grouped by {group}: {reason}',
    'group by columns of the view, and by one of hour, day, week and month of its time; total is one row of all',
  ),
  'query.measure': usage('measure cannot be added up', 'view {view}, {measure}: {reason}', '{instead}'),
  'query.compare': usage(
    'periods cannot be compared',
    '{reason}',
    'give from and to, and compare with previous, week, year or FROM..TO',
  ),
  'query.refused': usage(
    'query is not allowed',
    '{reason}',
    'a query may read the views and compute from them; GET /v1/sql/schema lists them with their columns',
  ),
  'query.deadline': usage(
    'query takes too long',
    'the query was ended after {seconds} s',
    'ask for less: a range of time, fewer columns, or groups instead of rows',
  ),
  'query.cancelled': conflict(
    'query was cancelled',
    'the query was cancelled before it had ended',
    'ask again if it is wanted after all',
  ),
  'query.busy': busy(
    'too many queries',
    '{waiting} queries wait already for those that run',
    'ask again in some seconds; ask for less at once',
  ),
  'query.cut': usage(
    'answer is too large for a file',
    'the answer has more than {limit}: part of it would look like all of it',
    'ask for less, or export the view itself with filters and groups: such a file may have any size',
  ),
  'query.saved_unknown': unknown(
    'unknown saved query',
    'there is no saved query {name}{suggestion?}',
    'GET /v1/queries lists them',
  ),
  'query.saved_taken': conflict(
    'name is taken',
    'there is a saved query {name} already',
    'choose another name; PUT /v1/queries/NAME changes it',
  ),
  'query.saved_many': conflict(
    'too many saved queries',
    'there are {limit} saved queries already',
    'delete those that nobody needs',
  ),
  'query.saved_other': other(
    'query of somebody else',
    'the saved query {name} is of {owner}',
    'save it under another name; its owner and administrators may change it',
  ),
  'query.sql': usage(
    'query fails',
    'the query cannot be run: {reason}',
    'footfall views show NAME lists the columns of a view',
  ),
  'generate.option': usage(
    'wrong generator option',
    '{option} cannot be {value}: {allowed}',
    'footfall generate --help lists the options with examples',
  ),
  'plan.check': check(
    'new rows are wrong',
    '{rows} rows of the new {view} are not what the events say: the definitions in force stay',
    'keep the data folder as it is and report this; footfall rollback --discard drops the new rows',
  ),
  'plan.none': usage(
    'nothing to go back to',
    'no other definitions were in force before those that are',
    'footfall plan history lists what was applied',
  ),
  'verify.mismatch': check(
    'results differ',
    '{count} of {compared} compared slices differ from the events they come from',
    'keep the data folder as it is and report it with the output of footfall verify --json; replaying the sources into a new folder makes the rows anew',
  ),
};
