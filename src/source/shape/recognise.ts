import { EVENT_COLUMNS, type EventField } from '../../core/event.ts';
import type { Mapping, Vocabulary } from './vocabulary.ts';

const CANONICAL: ReadonlySet<string> = new Set(EVENT_COLUMNS.map(({ name }) => name));

/** Result of looking at the columns of a file. */
export type Recognition =
  | { readonly outcome: 'recognised'; readonly mapping: Mapping }
  | { readonly outcome: 'unknown'; readonly missing: readonly string[] };

/**
 * Finds the shape of a file by its columns, or by the keys of its first line.
 *
 * @param overrides canonical field → source column, as in `--map event_time=ts`; they win over the vocabulary
 */
export const recognise = (
  columns: readonly string[],
  vocabularies: readonly Vocabulary[],
  overrides: Readonly<Record<string, string>>,
): Recognition => {
  const present = new Set(columns);
  const fitting = vocabularies
    .filter(({ requires }) => requires.every((name) => present.has(name)))
    .sort((a, b) => b.requires.length - a.requires.length);
  const vocabulary = fitting[0];
  const fields = new Map<string, EventField[]>();
  for (const [source, target] of Object.entries(vocabulary?.fields ?? {})) {
    fields.set(source, typeof target === 'string' ? [target] : [...target]);
  }
  for (const [field, source] of Object.entries(overrides)) {
    if (!isField(field)) continue;
    for (const [other, targets] of fields)
      fields.set(
        other,
        targets.filter((target) => target !== field),
      );
    fields.set(source, [...(fields.get(source) ?? []), field]);
  }
  const given = new Set(columns.flatMap((column) => fields.get(column) ?? []));
  const type = vocabulary?.type ?? null;
  const missing = [
    ...(given.has('event_time') ? [] : ['event_time']),
    ...(given.has('event_type') || type !== null ? [] : ['event_type']),
  ];
  if (missing.length > 0) return { outcome: 'unknown', missing };
  const mapped = [...fields].filter(([, targets]) => targets.length > 0);
  return {
    outcome: 'recognised',
    mapping: {
      shape: vocabulary?.name ?? 'mapped',
      label: vocabulary?.label ?? 'columns as mapped',
      fields: Object.fromEntries(mapped),
      types: vocabulary?.types ?? {},
      type,
    },
  };
};

const isField = (name: string): name is EventField => CANONICAL.has(name);
