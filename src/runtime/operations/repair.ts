import { z } from 'zod';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { CAST_FORMS, type RepairRule } from '../../core/repair-rule.ts';
import { type AffectedDays, affectedDays } from '../../engine/repair/affected-days.ts';
import { type RefusedGroup, refusedGroups } from '../../engine/repair/groups.ts';
import type { RepairChange } from '../../engine/repair/repair-facts.ts';
import { repairRefused, type Selection, tryRepair, undoRepair } from '../../engine/repair/repair-refused.ts';
import type { Replay } from '../../engine/repair/replay-rows.ts';
import type { Json } from '../../store/value.ts';
import type { OpenShop } from '../open-shop.ts';
import { operation } from '../operation.ts';
import { pathOf } from './quarantine.ts';

const field = z.string().min(1);
const step = z.discriminatedUnion('do', [
  z.object({ do: z.literal('rename'), field, to: field }),
  z.object({ do: z.literal('drop'), field }),
  z.object({ do: z.literal('default'), field, value: z.string() }),
  z.object({ do: z.literal('map'), field, from: z.string(), to: z.string().nullable() }),
  z.object({ do: z.literal('cast'), field, as: z.enum(CAST_FORMS) }),
]);
/** What is to be repaired: a group, a reason or everything, and by which rule. */
export const repairTarget = z.object({
  group: z.string().optional(),
  code: z.string().optional(),
  rule: z.array(step),
});
type Target = z.infer<typeof repairTarget>;

/** A group of refused events as it is told; the sample's bytes as base64. */
export interface GroupReport extends Omit<RefusedGroup, 'shape' | 'sample'> {
  readonly format: string | null;
  readonly vocabulary: string | null;
  readonly columns: readonly string[];
  readonly sample: {
    readonly path: string | null;
    readonly partition: string;
    readonly position: number;
    readonly message: string;
    readonly bytes: string;
  };
}

/** Refused events, those that are alike together. */
export const quarantineGroups = operation<Record<string, never>, never, readonly GroupReport[]>({
  input: z.object({}),
  run: ({ reader }) =>
    reader.ask([], async ({ database, ingest }) =>
      (await refusedGroups(database)).map(({ shape, sample, ...group }) => ({
        ...group,
        format: shape?.format ?? null,
        vocabulary: shape?.vocabulary ?? null,
        columns: shape?.columns ?? [],
        sample: {
          ...sample,
          path: pathOf(ingest.progress.get(sample.partition)),
          bytes: sample.bytes.toString('base64'),
        },
      })),
    ),
});

/** What a rule would do, or did. */
export interface RepairReport {
  /** Number of the fact; null when it was only tried. */
  readonly repair: number | null;
  /** Refused rows that the rule was applied to. */
  readonly rows: number;
  /** Those that are events then, copies of known ones among them. */
  readonly passed: number;
  readonly copies: number;
  /** Those that are refused still, by reason. */
  readonly failed: readonly {
    readonly code: string;
    readonly pointer: string;
    readonly events: number;
    readonly message: string;
  }[];
  /** Some rows before and after; `code` is null where the row passes. */
  readonly samples: readonly {
    readonly path: string | null;
    readonly position: number;
    readonly before: string;
    readonly after: string;
    readonly code: string | null;
    readonly message: string | null;
  }[];
  /** Views that take the events, and the days of which they may say something else. */
  readonly views: readonly AffectedDays[];
}

/** So many rows are shown of those that pass, and of each reason to refuse one still. */
const SHOWN = 3;

const selectionOf = ({ group, code }: Target): Selection => ({
  ...(group === undefined ? {} : { group }),
  ...(code === undefined ? {} : { code }),
});

/** What a rule would make of refused events; nothing is stored. */
export const tryRule = operation<Target, never, RepairReport>({
  input: repairTarget,
  run: ({ shop }, input) =>
    shop.database.exclusively(async () => {
      await mustBe(shop, input);
      const replay = await tryRepair(shop, selectionOf(input), input.rule, Date.now() * 1000);
      return { ...reportOf(shop, replay), repair: null, views: await affectedDays(shop, replay) };
    }),
});

/** Applies a rule to refused events, and has closed rows follow. */
export const applyRule = operation<Target, never, RepairReport>({
  audit: () => 'repair',
  input: repairTarget,
  run: ({ shop, engine }, input) =>
    engine.change(async () => {
      await mustBe(shop, input);
      const [selection, now] = [selectionOf(input), Date.now() * 1000];
      const tried = await tryRepair(shop, selection, input.rule, now);
      const views = await affectedDays(shop, tried);
      const { repair } = await repairRefused(shop, selection, input.rule, now);
      return { ...reportOf(shop, tried), repair, views };
    }),
});

const undoInput = z.object({ repair: z.int().min(1) });

/** Takes a repair back, and has closed rows follow. */
export const undoRule = operation<z.infer<typeof undoInput>, never, RepairChange>({
  audit: () => 'undo-repair',
  input: undoInput,
  run: ({ shop, engine }, { repair }) => engine.change(() => undoRepair(shop, repair, Date.now() * 1000)),
});

export interface RepairEntry {
  readonly repair: number;
  readonly recorded: Json;
  readonly rule: RepairRule;
  /** Rows that it was applied to, and those that are events by it now. */
  readonly rows: number;
  readonly in_force: number;
  /** Number of the fact that took it back; null while it is in force. */
  readonly undone: number | null;
}

/** Repairs, oldest first. */
export const repairHistory = operation<Record<string, never>, never, readonly RepairEntry[]>({
  input: z.object({}),
  run: ({ reader }) =>
    reader.ask([], async ({ database }) => {
      const rows = await database.jsonRows(
        'SELECT r.number AS repair, r.recorded, r.rule, r.undone, (SELECT count(*) FROM repair_row w WHERE w.repair = r.number) AS rows, (SELECT count(*) FROM quarantine q WHERE q.repaired = r.number) AS in_force FROM repair r ORDER BY 1',
      );
      return rows.map((row) => ({
        repair: Number(row['repair']),
        recorded: row['recorded'] ?? null,
        rule: JSON.parse(String(row['rule'])) as RepairRule,
        rows: Number(row['rows']),
        in_force: Number(row['in_force']),
        undone: row['undone'] === null ? null : Number(row['undone']),
      }));
    }),
});

type OpenedShop = OpenShop['shop'];

async function mustBe({ database }: OpenedShop, { group }: Target): Promise<void> {
  if (group === undefined) return;
  const known = (await refusedGroups(database)).some((each) => each.group === group);
  if (!known) throw new FootfallError('repair.group', { group });
}

function reportOf({ ingest }: OpenedShop, { rows, passed, copies, failed, written }: Replay) {
  const reasons = Map.groupBy(failed, ({ why }) => JSON.stringify([why.code, why.pointer]));
  const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('utf8');
  const sample = (row: number, why: { readonly code: string; readonly message: string } | null) => {
    const { partition, position, bytes } = rows[row] ?? { partition: '', position: 0, bytes: Buffer.alloc(0) };
    return {
      path: pathOf(ingest.progress.get(partition)),
      position,
      before: text(bytes),
      after: text(written[row]),
      code: why?.code ?? null,
      message: why?.message ?? null,
    };
  };
  return {
    rows: rows.length,
    passed: passed.length,
    copies,
    failed: [...reasons.values()]
      .map((all) => ({
        code: all[0]?.why.code ?? '',
        pointer: all[0]?.why.pointer ?? '',
        events: all.length,
        message: all[0]?.why.message ?? '',
      }))
      .sort((a, b) => b.events - a.events),
    samples: [
      ...passed.slice(0, SHOWN).map((row) => sample(row, null)),
      ...[...reasons.values()].flatMap((all) => all.slice(0, SHOWN).map(({ row, why }) => sample(row, why))),
    ],
  };
}
