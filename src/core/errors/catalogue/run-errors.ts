import { area } from '../error-entry.ts';

const unknown = area({ exit: 'usage', http: 404, whose: 'user', retry: false });
const stale = area({ exit: 'usage', http: 409, whose: 'user', retry: false });

/** Why a change that was asked for over HTTP is not carried out, or not found. */
export const RUN_ERRORS = {
  'run.unknown': unknown(
    'unknown run',
    'there is no run {run}, or it is so old that it was forgotten',
    'GET /v1/runs lists those that are known',
  ),
  'plan.moved': stale(
    'other definitions are in force',
    'definitions {found} are in force, not {given}',
    'GET /v1/plan/history says which are; ask again with in_force={found} if they are to be taken back',
  ),
};
