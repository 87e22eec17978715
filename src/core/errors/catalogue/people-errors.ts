import { area } from '../error-entry.ts';

const usage = area({ exit: 'usage', http: 409, whose: 'user', retry: false });
const unknown = area({ exit: 'usage', http: 404, whose: 'user', retry: false });

/** Why something said of visitors cannot be, or is not known. */
export const PEOPLE_ERRORS = {
  'people.chain': usage(
    'link cannot be',
    '{visitor} cannot be linked to {user}: {reason}',
    'link every anonymous id to its user directly; footfall identity list shows the links in force',
  ),
  'people.none': usage(
    'nothing to withdraw',
    'nothing of the kind is in force for {visitor}',
    'footfall identity list and footfall bots list show what is in force, and since when',
  ),
  'person.unknown': unknown(
    'unknown person',
    'nobody is {person}{linked?}',
    'footfall people --search PREFIX lists people by the beginning of their ids',
  ),
  'session.unknown': unknown(
    'unknown session',
    'there is no session {session}',
    'footfall sessions lists sessions, the latest first',
  ),
  'session.several': usage(
    'session of several visitors',
    'session {session} is of several visitors: {visitors}',
    'name one of them as visitor',
  ),
};
