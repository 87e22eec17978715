import { area } from '../error-entry.ts';

const usage = area({ exit: 'usage', http: 409, whose: 'user', retry: false });

/** Why something said of visitors cannot be. */
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
};
