import type { ViewPlan } from '../../view/view.ts';

/** Ids of a person: each becomes another one. */
export const ID_FIELDS = ['user_id', 'anonymous_id', 'session_id', 'event_id', 'order_id'] as const;

/** Text that may say who somebody is, or what they looked for: it is dropped. */
export const TEXT_FIELDS = ['page_url', 'referrer', 'utm_term', 'utm_content'] as const;

/** Words of few people: dropped as well. */
export const WORD_FIELDS = ['coupon', 'city'] as const;

/** Properties that views read: without them a number would change. */
export function readProperties(views: readonly ViewPlan[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { kind, name } = value as { readonly kind?: unknown; readonly name?: unknown };
    if (kind === 'property' && typeof name === 'string') found.add(name);
    Object.values(value).forEach(visit);
  };
  views.forEach(visit);
  return found;
}

/** What is left of an event's properties: those that views read, where they are numbers or say yes or no. */
export function keptProperties(properties: string, read: ReadonlySet<string>): string | null {
  let given: unknown;
  try {
    given = JSON.parse(properties);
  } catch {
    return null;
  }
  if (typeof given !== 'object' || given === null) return null;
  const kept = Object.entries(given).filter(
    ([name, value]) => read.has(name) && (typeof value === 'boolean' || typeof value === 'number' || isPlain(value)),
  );
  return kept.length === 0 ? null : JSON.stringify(Object.fromEntries(kept));
}

/** Numbers and yes or no, written as text: CSV has nothing else. */
const isPlain = (value: unknown): boolean =>
  typeof value === 'string' && /^(?:true|false|-?\d{1,9}(?:\.\d{1,4})?)$/.test(value);
