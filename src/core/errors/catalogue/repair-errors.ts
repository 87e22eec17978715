import { area } from '../error-entry.ts';

const usage = area({ exit: 'usage', http: 400, whose: 'user', retry: false });
const unknown = area({ exit: 'usage', http: 404, whose: 'user', retry: false });

/** Why refused events cannot be put right as asked. */
export const REPAIR_ERRORS = {
  'repair.rule': usage(
    'wrong repair rule',
    '{step} {reason}',
    'a step is one of: {forms}; several --rule are applied in their order, and a field or value with = or : in it is given as JSON',
  ),
  'repair.group': unknown(
    'unknown group',
    'there is no group {group} of refused events',
    'footfall quarantine groups lists them',
  ),
  'repair.nothing': usage(
    'nothing is repaired',
    'none of the {rows} refused events passes by this rule: {reason}',
    'footfall quarantine repair with --dry-run shows what becomes of each',
  ),
  'repair.unknown': unknown(
    'unknown repair',
    'there is no repair {number} that could be undone: {reason}',
    'footfall quarantine history lists the repairs',
  ),
};
