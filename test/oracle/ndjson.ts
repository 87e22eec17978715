import { type CanonicalEvent, EVENT_COLUMNS } from '../../src/core/event.ts';

const MONEY: ReadonlySet<string> = new Set(EVENT_COLUMNS.filter((c) => c.store === 'money').map((c) => c.name));

/** Senders differ: money as text, or as a number with the very digits of that text. Null fields are left out. */
export interface NdjsonForm {
  readonly money?: 'text' | 'number';
}

/** Canonical NDJSON as UTF-8 bytes, one event a line; `properties` is written as the object that its text holds. */
export function writeNdjson(events: readonly CanonicalEvent[], form: NdjsonForm = {}): Buffer {
  const asIs = (name: string) => name === 'properties' || (form.money === 'number' && MONEY.has(name));
  const lines = events.map((event) => {
    const fields = Object.entries(event)
      .filter(([, value]) => value != null)
      .map(([name, value]) => `${JSON.stringify(name)}:${asIs(name) ? value : JSON.stringify(value)}`);
    return `{${fields.join(',')}}\n`;
  });
  return Buffer.from(lines.join(''));
}
