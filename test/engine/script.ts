import { catalogFor } from '../../shop/views/catalog.ts';
import type { CanonicalEvent } from '../../src/core/event.ts';
import type { Definitions } from '../../src/engine/definitions/definitions.ts';
import type { PeopleSaying } from '../../src/engine/people/give-people.ts';
import type { ShopSettings } from '../../src/engine/shop.ts';
import type { AnyRow } from '../oracle/compare-rows.ts';
import type { Count, ProductVersion, Rate, UserVersion } from '../oracle/input.ts';
import { MINUTE, parseInstant } from '../oracle/instant.ts';
import { asSegments, differences, expectedTables } from './differences.ts';
import { Epochs } from './epochs.ts';
import { type Tables, TestShop } from './test-shop.ts';
import { withCounts, withLoad } from './versions.ts';

/** What may happen to a shop. Every step that closes or reads also compares: with the oracle, with raw, with history. */
export type Step =
  | {
      readonly do: 'give';
      readonly events: readonly CanonicalEvent[];
      /** Partition of each event; `p` for those beyond the list. */
      readonly partitions?: readonly string[];
      readonly ended?: readonly string[];
      readonly load?: number;
    }
  | { readonly do: 'products'; readonly rows: readonly ProductVersion[] }
  | { readonly do: 'users'; readonly rows: readonly UserVersion[] }
  | { readonly do: 'rates'; readonly rows: readonly Rate[] }
  | { readonly do: 'stock'; readonly rows: readonly Count[] }
  /** Something is said of visitors: no table of the catalog counts it. */
  | { readonly do: 'people'; readonly saying: PeopleSaying }
  /** Time goes on by so many microseconds beyond what the shop has seen, while these partitions (default: all) are silent. */
  | { readonly do: 'tick'; readonly by: number; readonly silent?: readonly string[] }
  /** Begins to keep the rows of other definitions beside those in force. */
  | ({ readonly do: 'stage' } & Defined)
  /** Puts them in force, from wherever their rows stand; so many events a step. */
  | ({ readonly do: 'apply'; readonly most: number } & Defined)
  /** One step of history for the rows beside. */
  | { readonly do: 'backfill'; readonly most: number }
  /** Reads everything as it is now, unless a restatement is still to come. */
  | { readonly do: 'read' }
  | { readonly do: 'finalize' }
  /** Closes everything by end; input may go on. */
  | { readonly do: 'end' }
  | { readonly do: 'reopen' };

/** The catalogue by another gap and in another zone. */
export interface Defined {
  /** Microseconds. */
  readonly gap: number;
  readonly zone: string;
}

/** A case as data: what fast-check found and a machine shrank can be kept as it is. */
export interface Script {
  readonly settings: Partial<Pick<ShopSettings, 'zone' | 'late' | 'history'>>;
  /** A finalizer runs beside intake whenever so many events have come in. */
  readonly every?: number;
  /** The events happen as they arrive: time may stand in for them. */
  readonly live?: boolean;
  readonly steps: readonly Step[];
}

/**
 * Plays a script on a new shop, and closes by end.
 *
 * @returns what was wrong at the first step where something was; empty when nothing was
 */
export async function perform(script: Script): Promise<string[]> {
  return (await performed(script)).found;
}

/** Looks at the shop after each step, beside a finalizer that may be running; returns what is wrong. */
export type Watch = (shop: TestShop, step: number) => Promise<string[]>;

/** Plays a script as `perform` does, and also says what the tables held at its end. */
export async function performed(
  { settings, every, live = false, steps }: Script,
  watch: Watch = async () => [],
): Promise<{ readonly found: string[]; readonly tables?: Tables }> {
  const shop = await TestShop.open(settings, every);
  if (live) shop.runWithTime();
  const play = new Play(shop);
  try {
    for (const [index, step] of [...steps, { do: 'end' } as const].entries()) {
      const found = [...(await play.step(step)), ...(await watch(shop, index))];
      if (found.length > 0) return { found: found.map((line) => `step ${index} (${step.do}): ${line}`) };
    }
    return { found: await play.epochs.contradictions(shop), tables: await shop.tables() };
  } finally {
    await shop.close();
  }
}

/** The catalogue by them. */
export const definitionsOf = ({ gap, zone }: Defined): Definitions => ({ zone, views: catalogFor(gap) });

const QUICK = 150;

class Play {
  epochs = new Epochs();
  private gap = 30 * MINUTE;
  private readonly shop: TestShop;
  private readonly given: CanonicalEvent[] = [];
  /** By partition: how many events it has had. */
  private readonly places = new Map<string, number>();
  private products: readonly ProductVersion[] = [];
  private users: readonly UserVersion[] = [];
  private rates: readonly Rate[] = [];
  private counts: readonly Count[] = [];

  constructor(shop: TestShop) {
    this.shop = shop;
  }

  async step(step: Step): Promise<string[]> {
    if (step.do !== 'give') await this.shop.settled();
    switch (step.do) {
      case 'give': {
        const identified = this.identified(step);
        const kept = this.kept(identified);
        await this.shop.give(step.events, {
          partition: (i) => step.partitions?.[i] ?? 'p',
          ended: step.ended ?? [],
          load: step.load ?? null,
        });
        this.given.push(...kept);
        return [];
      }
      case 'products':
        this.products = withLoad(this.products, step.rows, 'product_id', this.shop.clock());
        await this.shop.loadDimension('product', step.rows);
        return [];
      case 'users':
        this.users = withLoad(this.users, step.rows, 'user_id', this.shop.clock());
        await this.shop.loadDimension('user', asSegments(step.rows));
        return [];
      case 'rates':
        this.rates = [...this.rates, ...step.rows];
        await this.shop.loadDimension(
          'rates',
          step.rows.map((rate) => ({ ...rate })),
        );
        return [];
      case 'stock':
        this.counts = withCounts(this.counts, step.rows, this.shop.clock());
        await this.shop.loadDimension(
          'stock',
          step.rows.map((count) => ({ ...count })),
        );
        return [];
      case 'people':
        await this.shop.say(step.saying);
        return [];
      case 'tick':
        await this.shop.tick(step.by, step.silent);
        return [];
      case 'stage':
        await this.shop.stage(definitionsOf(step));
        return [];
      case 'backfill':
        await this.shop.backfill(step.most);
        return [];
      case 'apply':
        return this.apply(step);
      case 'read':
        return this.shop.loading() || (await this.shop.hasMarks()) ? [] : this.compare(true);
      case 'reopen':
        await this.shop.reopen();
        return [];
      case 'finalize':
        await this.shop.finalize();
        return [...(await this.verified()), ...(await this.settled())];
      case 'end':
        await this.shop.finalize(true);
        return this.shop.loading() ? [] : [...(await this.verified()), ...(await this.compare(false))];
    }
  }

  /** Until the definitions change places, tables say what they said. */
  private async apply({ most, ...defined }: Extract<Step, { do: 'apply' }>): Promise<string[]> {
    const found: string[] = [];
    let looks = 0;
    const { changed } = await this.shop.apply(definitionsOf(defined), most, async () => {
      looks += 1;
      if (looks === 2) found.push(...(await this.looked()));
    });
    this.gap = defined.gap;
    // History of the rows that were in force went with them.
    if (changed) this.epochs = new Epochs();
    if (found.length > 0) return found;
    return this.looked();
  }

  /** Compares what can be read, where it is exact, and few enough events for the oracle to be quick. */
  private async looked(): Promise<string[]> {
    const exact = !this.shop.loading() && !(await this.shop.hasMarks());
    return exact && this.given.length <= QUICK ? this.compare(true) : [];
  }

  /**
   * Events without an id get theirs from partition and place (semantics, "Events"): the order of equal times follows
   * it.
   */
  private identified<S extends Extract<Step, { do: 'give' }>>(step: S): S {
    const events = step.events.map((event, i) => {
      const partition = step.partitions?.[i] ?? 'p';
      const place = this.places.get(partition) ?? 0;
      this.places.set(partition, place + 1);
      return { ...event, event_id: event.event_id ?? `${partition}:0:${String(place).padStart(20, '0')}` };
    });
    return { ...step, events };
  }

  /**
   * Under `drop`, what is before the watermark of the batch before counts nowhere (semantics, "Time and finality"), and
   * what is sealed never does (semantics, "Sealed").
   */
  private kept({ events, load }: Extract<Step, { do: 'give' }>): readonly CanonicalEvent[] {
    const { watermark } = this.shop.shop.ingest;
    if (watermark === null) return events;
    const { late, history } = this.shop.settings;
    const [dropped, sealed] = [late === 'drop' && load === undefined, history ?? Number.POSITIVE_INFINITY];
    return events.filter(({ event_time }) => {
      const at = parseInstant(event_time);
      return at >= watermark - sealed && !(dropped && at < watermark);
    });
  }

  /** After a finalize nothing waits, unless for a load: what can be read is exact. */
  private async settled(): Promise<string[]> {
    if (this.shop.loading()) return [];
    return (await this.shop.hasMarks()) ? ['marks are left'] : this.compare(true);
  }

  private async compare(live: boolean): Promise<string[]> {
    const facts = { products: this.products, users: this.users, rates: this.rates, counts: this.counts };
    const settings = { zone: this.shop.settings.zone, gapMicros: this.gap };
    const actual = await this.shop.tables();
    const expected = expectedTables(this.given, facts, settings);
    if (!live) return differences(expected, actual);
    const unsettled = [...(await this.shop.unsettledStarts())].map(parseInstant);
    const holds = ({ window_start }: AnyRow) => {
      const start = parseInstant(String(window_start));
      return !unsettled.some((at) => at >= start && at < start + 15 * MINUTE);
    };
    const settledFunnel = <R extends AnyRow>(rows: readonly R[]) => rows.filter(holds);
    return differences(
      { ...expected, conversion_funnel: settledFunnel(expected.conversion_funnel) },
      { ...actual, conversion_funnel: settledFunnel(actual.conversion_funnel) },
      { live },
    );
  }

  private async verified(): Promise<string[]> {
    await this.epochs.note(this.shop);
    if (this.shop.loading()) return [];
    const { equal, views, raw } = await this.shop.verify();
    const wrong = views.filter((view) => view.differences > 0);
    return equal ? [] : [`verify: ${JSON.stringify({ raw, wrong })}`];
  }
}
