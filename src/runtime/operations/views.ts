import { z } from 'zod';
import { absenceRows, slicesIn } from '../../compile/absence.ts';
import { anomalyEvents, anomalyRows } from '../../compile/anomaly.ts';
import { episodeRows } from '../../compile/episode.ts';
import { ledgerRows } from '../../compile/ledger.ts';
import { matchRows } from '../../compile/match.ts';
import { PROVENANCE, present, projected } from '../../compile/present.ts';
import { STRANDS, sessionRows, strandEvents } from '../../compile/session.ts';
import { isStored } from '../../compile/tables.ts';
import { rollupRows, type WindowScope, windowRows } from '../../compile/window.ts';
import { formatInstant } from '../../core/time.ts';
import type { ShopSnapshot } from '../../engine/shop.ts';
import type { Windowing } from '../../view/kind.ts';
import type { ViewPlan } from '../../view/view.ts';
import { findView } from '../find-view.ts';
import { operation } from '../operation.ts';
import { columnType } from '../rows/column-type.ts';
import { inWords } from '../view-words.ts';

export interface ViewSummary {
  readonly name: string;
  readonly kit: string;
  readonly kind: string;
  readonly label: string;
  readonly description: string;
  /** Slices before this are final; null: none yet, or rows are computed when read. */
  readonly final_until: string | null;
  /** Rows that are stored, final ones. */
  readonly final_rows: number | null;
}

export interface ViewDetail extends ViewSummary {
  /** How a row is made, in sentences. */
  readonly definition: readonly string[];
  readonly columns: readonly {
    readonly name: string;
    readonly label: string;
    readonly unit: string | null;
    /** text, integer, decimal, double, timestamp, boolean, or a list of them. */
    readonly type: string;
    readonly description: string;
  }[];
  /** What DuckDB is asked for all slices at once. */
  readonly sql: readonly string[];
  readonly fingerprint: string;
}

const input = z.object({ name: z.string().optional() });

/** All views, or one with its definition, SQL, columns and freshness. */
export const views = operation<z.infer<typeof input>, never, readonly ViewSummary[] | ViewDetail>({
  input,
  run: ({ reader }, { name }) =>
    reader.ask([], async (shop) =>
      name === undefined
        ? Promise.all(shop.views.map((view) => summary(shop, view)))
        : detail(shop, findView(shop, name)),
    ),
});

async function summary(shop: ShopSnapshot, view: ViewPlan): Promise<ViewSummary> {
  const stored = isStored(view);
  const rows = stored ? await shop.database.one(`SELECT count(*) AS n FROM result.${view.name}`) : undefined;
  return {
    name: view.name,
    kit: view.kit,
    kind: view.kind.kind,
    label: view.label,
    description: view.description,
    final_until: finalUntil(shop, view),
    final_rows: rows === undefined ? null : Number(rows['n']),
  };
}

function finalUntil({ final, ingest, extent }: ShopSnapshot, { name }: ViewPlan): string | null {
  if (final.byEnd && final.batch === ingest.batch) return extent === null ? null : formatInstant(extent.end);
  const until = final.frontier[name]?.until;
  return until === undefined || !Number.isFinite(until) ? null : formatInstant(until);
}

/** The columns of a view with what they mean, those that say where a row comes from included. */
export const describedColumns = (view: ViewPlan, context: ShopSnapshot['context']): ViewDetail['columns'] => [
  ...view.columns.map((column) => ({
    name: column.name,
    label: column.label,
    unit: column.unit ?? null,
    type: columnType(column, view, context),
    description: column.description,
  })),
  ...PROVENANCE_COLUMNS,
];

const PROVENANCE_COLUMNS = [
  { name: PROVENANCE[0], label: 'Final', unit: null, type: 'boolean', description: 'False while the slice is open' },
  {
    name: PROVENANCE[1],
    label: 'Revision',
    unit: null,
    type: 'integer',
    description: 'How often a final row was corrected',
  },
  {
    name: PROVENANCE[2],
    label: 'Late events',
    unit: 'events',
    type: 'integer',
    description: 'Events that came after the watermark had passed them',
  },
  {
    name: PROVENANCE[3],
    label: 'Epoch',
    unit: null,
    type: 'integer',
    description: 'Commit of the finalizer that wrote the row',
  },
];

async function detail(shop: ShopSnapshot, view: ViewPlan): Promise<ViewDetail> {
  return {
    ...(await summary(shop, view)),
    definition: inWords(view),
    columns: describedColumns(view, shop.context),
    sql: sqlOf(shop, view),
    fingerprint: view.fingerprint,
  };
}

function sqlOf(shop: ShopSnapshot, view: ViewPlan): readonly string[] {
  const { context } = shop;
  const story = { span: { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY } };
  switch (view.kind.kind) {
    case 'project':
      return [projected(view, 'TRUE', context)];
    case 'window':
      return [windowRows(view, everyWindow(view.kind.windowing), context)];
    case 'match':
      return [matchRows(view, everyWindow(view.kind.windowing), context)];
    case 'session':
      return STRANDS.map((strand) => sessionRows(view, strand, strandEvents(view, strand, context), context));
    case 'absence':
      return STRANDS.map((strand) => {
        const slices = `(${slicesIn(view, strand, story, context)})`;
        return absenceRows(view, strand, slices, story.span, Number.POSITIVE_INFINITY, context);
      });
    case 'anomaly':
      return [anomalyRows(view, { scored: anomalyEvents(view, story.span, null, context) }, context)];
    case 'ledger':
      return [ledgerRows(view, story, context)];
    case 'episode':
      return [episodeRows(view, story, context)];
    case 'rollup': {
      const parent = findView(shop, view.kind.parent);
      return [
        rollupRows(view, everyWindow(view.kind.windowing), `result.${parent.name}`, context),
        present(view, `SELECT * FROM result.${view.name}`, context),
      ];
    }
  }
}

/** Calendar windows are given one by one: their rows for one slice say it all. */
const everyWindow = (windowing: Windowing): WindowScope =>
  windowing.shape === 'calendar'
    ? { by: 'windows', windows: [{ start: 0, end: 1 }] }
    : { by: 'starts', span: { start: 0, end: Number.POSITIVE_INFINITY } };
