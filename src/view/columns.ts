import type { AbsencePart } from './absence-part.ts';
import type { AnomalyColumn } from './anomaly-part.ts';
import type { Expression } from './expression.ts';
import type {
  AbsenceKind,
  AnomalyKind,
  EpisodeKind,
  LedgerKind,
  MatchKind,
  ProjectKind,
  RollupKind,
  SessionKind,
  Windowing,
  WindowKind,
} from './kind.ts';
import type { EpisodePart } from './ledger-part.ts';
import type { Measure } from './measure.ts';
import type { ColumnValue, Wording } from './view.ts';

/** The words of a column or view. @example words('Orders', 'Distinct order ids, else purchase events', 'orders') */
export const words = (label: string, description: string, unit?: string): Wording =>
  unit === undefined ? { label, description } : { label, description, unit };

type Column = Wording & { readonly value: ColumnValue };

/** A dimension of the row: rows are grouped by it; null groups as null. */
export const key = (of: Expression, wording: Wording): Column => ({ ...wording, value: { role: 'key', of } });
export const measure = (of: Measure, wording: Wording): Column => ({
  ...wording,
  value: { role: 'measure', measure: of },
});
export const field = (of: Expression, wording: Wording): Column => ({ ...wording, value: { role: 'field', of } });
export const windowStart = (): Column => ({
  ...words('From', 'Start of the window, UTC, inclusive', 'time'),
  value: { role: 'window', edge: 'start' },
});
export const windowEnd = (): Column => ({
  ...words('To', 'End of the window, UTC, exclusive', 'time'),
  value: { role: 'window', edge: 'end' },
});
export const windowMonth = (wording: Wording): Column => ({ ...wording, value: { role: 'month' } });
export const sessionPart = (part: 'id' | 'visitor' | 'start' | 'end' | 'status', wording: Wording): Column => ({
  ...wording,
  value: { role: 'session', part },
});
export const duration = (unit: number, whole: boolean, wording: Wording): Column => ({
  ...wording,
  value: { role: 'elapsed', unit, whole },
});
/** @example ledgerValue(ledgerPart('balance'), words('Stock', 'Pieces that are there')) */
export const ledgerValue = (of: Expression, wording: Wording): Column => ({
  ...wording,
  value: { role: 'ledger', of },
});
export const episodePart = (part: EpisodePart, wording: Wording): Column => ({
  ...wording,
  value: { role: 'episode', part },
});
export const absencePart = (part: AbsencePart, wording: Wording): Column => ({
  ...wording,
  value: { role: 'absence', part },
});
export const anomalyPart = (part: AnomalyColumn, wording: Wording): Column => ({
  ...wording,
  value: { role: 'anomaly', part },
});
export const arrival = (wording: Wording): Column => ({ ...wording, value: { role: 'arrival' } });

export const project = (): ProjectKind => ({ kind: 'project' });
export const window = (windowing: Windowing): WindowKind => ({ kind: 'window', windowing });
/** @example match({ windowing: tumbling(minutes(5)), within: minutes(10), followedBy: type('purchase'), on: [event('visitor')] }) */
export const match = (of: Omit<MatchKind, 'kind'>): MatchKind => ({ kind: 'match', ...of });
export const session = (of: Omit<SessionKind, 'kind'>): SessionKind => ({ kind: 'session', ...of });
export const rollup = (of: Omit<RollupKind, 'kind'>): RollupKind => ({ kind: 'rollup', ...of });
/** @example absence({ adds: type('cart_add'), removes: type('cart_remove'), recoveredBy: type('purchase'), item: event('product_id'), quantity: event('quantity'), price: event('price'), amount: event('amount'), gap: minutes(30), threshold: minutes(1), within: days(7) }) */
export const absence = (of: Omit<AbsenceKind, 'kind'>): AbsenceKind => ({ kind: 'absence', ...of });
/** @example ledger({ counts: 'stock', takes: type('purchase'), adds: type('restock'), quantity: event('quantity') }) */
export const ledger = (of: Omit<LedgerKind, 'kind'>): LedgerKind => ({ kind: 'ledger', ...of });
/** @example episode({ parent: 'inventory_status', opensBelow: 10, closesAt: 12 }) */
export const episode = (of: Omit<EpisodeKind, 'kind'>): EpisodeKind => ({ kind: 'episode', ...of });
/** @example anomaly({ days: 28, threshold: 0.8, unknown: 'nothing to compare with', parts: [unseen({ of: event('country'), among: event('visitor'), says: 'first from {}' })] }) */
export const anomaly = (of: Omit<AnomalyKind, 'kind'>): AnomalyKind => ({ kind: 'anomaly', ...of });
