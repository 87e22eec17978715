import type { Config } from '../config/settings.ts';
import type { EpochMicros } from '../core/time.ts';
import type { Collector } from '../runtime/collect/collector.ts';
import type { Queries } from '../runtime/explorer/queries.ts';
import type { Imports } from '../runtime/imports/imports.ts';
import type { LiveHub } from '../runtime/live/live-hub.ts';
import type { OpenShop } from '../runtime/open-shop.ts';
import type { Runs } from '../runtime/runs/runs.ts';
import type { Vitals } from '../runtime/serve/watch-over.ts';
import type { Log } from '../telemetry/log.ts';

/** What the server serves. */
export interface ServedShop {
  readonly open: OpenShop;
  readonly config: Config;
  readonly log: Log;
  readonly collector: Collector;
  /** Changes that were asked for. */
  readonly runs: Runs;
  readonly imports: Imports;
  readonly hub: LiveHub;
  /** Queries of strangers. */
  readonly queries: Queries;
  readonly now: () => EpochMicros;
  /** Header in which a trusted proxy says the country of the sender, in lower case; null: nobody says it. */
  readonly countryHeader: string | null;
  /** Country of an address, by the shop's own database; null where nothing is known. */
  readonly countryOf: (address: string) => string | null;
  /** Of Footfall. */
  readonly version: string;
  /** How its work goes. */
  readonly vitals: () => Vitals;
  /** It is a made-up shop: anybody may see its figures. */
  readonly demo: boolean;
  /** Why it is not ready to serve, in words; empty when it is. */
  readonly notReady: () => readonly string[];
}
