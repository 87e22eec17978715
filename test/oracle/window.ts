import type { CountedEvent } from './counted-event.ts';
import type { Cell, Row } from './input.ts';
import { type EpochMicros, formatInstant } from './instant.ts';

/** Starts of the windows that hold an instant; windows are aligned to 1970 UTC and `size` is a multiple of `step`. */
export function windowStarts(at: EpochMicros, size: number, step: number): EpochMicros[] {
  const last = Math.floor(at / step) * step;
  return Array.from({ length: size / step }, (_, i) => last - i * step);
}

/** Null keys group as null, apart from the text "null". */
const groupKey = (values: readonly Cell[]): string => JSON.stringify(values);

/** One row a window and key; lengths in microseconds, `step` < `size` slides. */
export function windowRows(
  events: readonly CountedEvent[],
  { size, step }: { readonly size: number; readonly step: number },
  keys: (event: CountedEvent) => Row,
  measures: (events: readonly CountedEvent[]) => Row,
): Row[] {
  const groups = new Map<string, { key: Row; events: CountedEvent[] }>();
  for (const event of events) {
    for (const start of windowStarts(event.time, size, step)) {
      const key: Row = { window_start: formatInstant(start), window_end: formatInstant(start + size), ...keys(event) };
      const id = groupKey(Object.values(key));
      const group = groups.get(id);
      if (group === undefined) groups.set(id, { key, events: [event] });
      else group.events.push(event);
    }
  }
  return [...groups.values()].map((group) => ({ ...group.key, ...measures(group.events) }));
}
