import type { Tombstones } from './tombstones.ts';

/** Whether a JSON value names an erased person, in a text, a number or a name. `null` names nobody, whatever their id. */
export function withinJson(value: unknown, tombstones: Tombstones): boolean {
  if (typeof value === 'string' || typeof value === 'number') return tombstones.within(String(value));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([name, each]) => (!Array.isArray(value) && tombstones.within(name)) || withinJson(each, tombstones),
  );
}

/** The same for a stored text, which is JSON where it looks like an object. */
export function withinText(text: string, tombstones: Tombstones): boolean {
  if (!text.startsWith('{')) return tombstones.within(text);
  try {
    return withinJson(JSON.parse(text), tombstones);
  } catch {
    return tombstones.within(text);
  }
}
