import { isStored } from '../compile/tables.ts';
import type { EpochMicros } from '../core/time.ts';
import type { Session } from '../store/session.ts';
import type { ViewPlan } from '../view/view.ts';
import { factMarksWait } from './dirty-marks.ts';
import { closedUntil } from './kinds/kind-engine.ts';
import { engineOf } from './kinds/kinds.ts';
import { closedBefore } from './protocol/frontier.ts';
import { type Checked, checkedBefore, type History, nextStretch, type Stretch } from './protocol/self-verify.ts';
import type { Reader } from './read.ts';
import { withdrawnCause } from './restate-all.ts';
import type { Shop, ShopSnapshot } from './shop.ts';
import { RAW, type ViewVerdict, verifyStretch } from './verify.ts';

/** A stretch as it was found. */
export interface SelfVerified extends Stretch, Omit<ViewVerdict, 'view'> {
  /** It differs now, and did not when it was last verified. */
  readonly news: boolean;
}

/**
 * Verifies the stretch of history that was verified longest ago, of whatever view, and notes what it found. It reads one
 * committed state and holds up nobody.
 *
 * @param before stretches that were verified at or after this are left in peace
 * @returns null when that are all, or rows have yet to follow a fact
 */
export async function selfVerify(
  shop: Shop,
  reader: Reader,
  now: EpochMicros,
  before: EpochMicros,
): Promise<SelfVerified | null> {
  const found = await reader.ask([], async (reading) => {
    // Until rows have followed facts that acted, they are other than raw says, and nothing is wrong.
    if ((await factMarksWait(reading)) || (await withdrawnCause(reading.database)) !== null) return null;
    const histories = historiesOf(reading);
    const checked = checkedBefore(histories, await loadChecked(reading.database));
    const stretch = nextStretch(histories, checked, before);
    if (stretch === null) return null;
    const last = checked(stretch);
    const verdict = await verifyStretch(reading, stretch);
    const { rows, differences } = verdict;
    const differed = differences > 0 ? now : (last?.differed ?? null);
    const next: Checked = { ...stretch, at: now, epoch: reading.final.epoch, rows, differences, differed };
    return { next, verdict, news: differences > 0 && (last?.differences ?? 0) === 0 };
  });
  if (found === null) return null;
  const { next, verdict, news } = found;
  await shop.database.betweenBatches(() => saveChecked(shop, next));
  return { ...verdict, start: next.start, end: next.end, news };
}

/** What there is to verify: the rows of each view, and raw as it came in. */
export function historiesOf(shop: ShopSnapshot): readonly History[] {
  const { extent, since } = shop;
  if (extent === null) return [];
  const views = shop.views.filter(isStored).map((view) => ({
    view: view.name,
    from: firstOf(shop, view, extent),
    until: Math.min(closedUntil(shop, view), extent.end + 1),
    dated: engineOf(view).dated,
    since: since.get(view.name) ?? 0,
  }));
  return [{ view: RAW, from: extent.start, until: extent.end + 1, dated: true, since: 0 }, ...views];
}

/** A window may begin before its first event. */
function firstOf(shop: ShopSnapshot, { kind }: ViewPlan, extent: NonNullable<ShopSnapshot['extent']>): EpochMicros {
  if (!('windowing' in kind)) return extent.start;
  return closedBefore(kind.windowing, Number.NEGATIVE_INFINITY, extent, shop.settings.zone).first;
}

export async function loadChecked(database: Session): Promise<readonly Checked[]> {
  const [views = [], starts = [], ends = [], times = [], rows = [], differences = [], epochs = [], differed = []] =
    await database.columns(
      'SELECT view, span_start, span_end, epoch_us(checked), rows, differences, epoch, epoch_us(differed) FROM self_verify',
    );
  const optional = (value: unknown): number | null => (value == null ? null : Number(value));
  return views.map((view, i) => ({
    view: String(view),
    start: optional(starts[i]),
    end: optional(ends[i]),
    at: Number(times[i]),
    rows: Number(rows[i]),
    differences: Number(differences[i]),
    epoch: Number(epochs[i]),
    differed: optional(differed[i]),
  }));
}

/** In the place of what was found before; what was found of views that are gone goes, too. */
async function saveChecked({ database, views }: Shop, checked: Checked): Promise<void> {
  const { view, start, end, at, rows, differences, epoch, differed } = checked;
  const known = [RAW, ...views.map(({ name }) => name)].map((name) => `'${name}'`).join(', ');
  const values = [start, end, `make_timestamp(${at})`, rows, differences, epoch];
  await database.transaction(async () => {
    await database.run(
      `DELETE FROM self_verify WHERE (view = '${view}' AND span_start IS NOT DISTINCT FROM ${start}) OR view NOT IN (${known})`,
    );
    await database.run(
      `INSERT INTO self_verify VALUES ('${view}', ${values.map((value) => value ?? 'NULL').join(', ')}, ${differed === null ? 'NULL' : `make_timestamp(${differed})`})`,
    );
  });
}
