import { resultTable } from '../compile/layout.ts';
import type { EpochMicros } from '../core/time.ts';
import type { ViewPlan } from '../view/view.ts';
import { IdFilter } from './id-filter.ts';
import type { ShopSnapshot } from './shop.ts';

/** Of so many keys at once some would look stored by chance, and the table is read anyway. */
const MOST_KEYS = 20_000;
/** So few constants are compared while the table is scanned, at a tenth of the cost of a join. */
const MOST_LITERALS = 50;

/** Whether the whole table may be read to learn what is stored: a first answer after a start should not wait for it. */
export type Learning = 'learn' | 'known';

/**
 * Which session ids have a stored row: asked at every close and for every live row, since an id may come back after any
 * time. A filter in memory says no for nearly all new ids, so that the answer costs the same whatever the history
 * (semi-joining 2.3 M stored sessions took 160 ms CPU). It learns from the table itself, by epoch: nothing that writes
 * rows has to know it, and rows of an epoch that was rolled back only make it say yes in vain.
 */
export class StoredKeys {
  private readonly filters = new Map<string, { readonly filter: IdFilter; upTo: number }>();

  /** Ids among those that `seen` selects as `k` which may have a stored row: null stands for all of them. */
  async among(shop: ShopSnapshot, view: ViewPlan, seen: string, learning: Learning): Promise<readonly string[] | null> {
    if (learning === 'known' && !this.filters.has(nameOf(shop, view))) return null;
    const filter = await this.current(shop, view);
    const found: bigint[] = [];
    let asked = 0;
    for await (const [low = EMPTY, high = EMPTY] of shop.database.uint32Blocks(
      halves(`SELECT DISTINCT hash(k) AS h FROM (${seen}) LIMIT ${MOST_KEYS + 1}`),
    )) {
      asked += low.length;
      for (const [i, each] of low.entries())
        if (filter.seen(each, high[i] as number)) found.push((BigInt(high[i] as number) << 32n) | BigInt(each));
    }
    if (asked > MOST_KEYS || found.length > MOST_LITERALS) return null;
    if (found.length === 0) return [];
    const ids = `SELECT DISTINCT k::VARCHAR AS id FROM (${seen}) WHERE hash(k) IN (${found.join(', ')})`;
    return (await shop.database.rows(ids)).map(({ id }) => String(id));
  }

  /** The filter with every id that has a row in what `shop` sees, the rows of its own transaction included. */
  private async current(shop: ShopSnapshot, view: ViewPlan): Promise<IdFilter> {
    const name = nameOf(shop, view);
    const known = this.filters.get(name) ?? { filter: new IdFilter(SPARSE), upTo: -1 };
    const rows = `SELECT hash(session_id) AS h FROM ${resultTable(view)} WHERE session_id IS NOT NULL AND epoch > ${known.upTo}`;
    for await (const [low = EMPTY, high = EMPTY] of shop.database.uint32Blocks(halves(rows)))
      for (const [i, each] of low.entries()) {
        // Rows of the running transaction are read each time it asks.
        if (!known.filter.seen(each, high[i] as number)) known.filter.add(each, high[i] as number, ALWAYS);
      }
    known.upTo = Math.max(known.upTo, shop.final.epoch);
    // Only now: whoever finds it counts on all of it.
    this.filters.set(name, known);
    return known.filter;
  }
}

/** Ids of another type have other hashes; and the table of a name holds other rows when its definition changes. */
const nameOf = ({ context }: ShopSnapshot, view: ViewPlan): string =>
  `${view.name}/${view.fingerprint}/${context.widths.session_id}`;

/** One unknown key in some 20,000 looks known. */
const SPARSE = { bits: 24, probes: 8 };
const ALWAYS: EpochMicros = Number.POSITIVE_INFINITY;

/** A hash does not fit a double: it is read in two halves. */
const halves = (hashes: string): string =>
  `SELECT (h & 4294967295)::UINTEGER AS low, (h >> 32)::UINTEGER AS high FROM (${hashes})`;

const EMPTY = new Uint32Array();
