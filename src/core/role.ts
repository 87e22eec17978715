/**
 * What a key or a person may do: `ingest` sends events and can read nothing, so that it is safe in a browser; `read` sees
 * results; `analyst` also asks by SQL and exports; `admin` changes things.
 */
export const ROLES = ['ingest', 'read', 'analyst', 'admin'] as const;

export type Role = (typeof ROLES)[number];

/** @example mayAct('analyst', 'read') // true */
export function mayAct(has: Role, needs: Role): boolean {
  if (has === 'admin') return true;
  if (needs === 'ingest' || has === 'ingest') return has === needs;
  return ROLES.indexOf(has) >= ROLES.indexOf(needs);
}
