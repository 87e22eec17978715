import { area } from '../error-entry.ts';

const unknown = area({ exit: 'usage', http: 404, whose: 'user', retry: false });
const taken = area({ exit: 'usage', http: 409, whose: 'user', retry: false });
const wrong = area({ exit: 'usage', http: 400, whose: 'user', retry: false });
const away = area({ exit: 'external', http: 503, whose: 'external', retry: true });
const refused = area({ exit: 'external', http: 503, whose: 'user', retry: false });

/** What keeps results from reaching the stores of others. */
export const SINK_ERRORS = {
  'sink.unknown': unknown('no such sink', 'there is no sink {sink}{suggestion?}', 'footfall sinks lists them'),
  'sink.kind': wrong('no such kind of store', 'there is no kind of store {kind}{suggestion?}', 'it is one of: {known}'),
  'sink.exists': taken('sink exists', 'there is a sink {sink} already', 'give the new one another name with --name'),
  'sink.url': wrong(
    'address of no store',
    '{url} is no address of a {kind} store: {reason}',
    'write it as {example}, without spaces',
  ),
  'sink.unreachable': away(
    'store does not answer',
    'the {kind} store at {address} does not answer: {reason}',
    'start it, or correct the address; what it does not have yet is sent when it answers',
  ),
  'sink.access': refused(
    'store does not let Footfall in',
    'the {kind} store at {address} refuses: {reason}',
    'correct name, password or certificate, or give the rights that are missing; it is tried again',
  ),
  'sink.store': refused(
    'store cannot keep the rows',
    'the {kind} store at {address} fails: {reason}',
    'mend what it says, then go on with footfall sinks resume {sink}',
  ),
  'sink.version': refused(
    'store is too old',
    'the {kind} store at {address} is version {found}; {wanted} or newer is needed',
    'use a newer one',
  ),
  'sink.contended': refused(
    'somebody else writes there',
    'the copy of {table} in {address} was moved from {expected} to {found} by another writer',
    'let one shop write to a schema; footfall sinks reset {sink} makes the copy anew',
  ),
};
