import { FootfallError } from '../core/errors/footfall-error.ts';
import { Runs } from '../runtime/runs/runs.ts';
import { answerCommands } from '../runtime/serve/answer-commands.ts';
import { answerQueries } from '../runtime/serve/answer-queries.ts';
import { followDimensions } from '../runtime/serve/follow-dimensions.ts';
import type { Serving } from '../runtime/serve/serving.ts';
import { takeEvents } from '../runtime/serve/take-events.ts';
import { tellChanges } from '../runtime/serve/tell-changes.ts';
import { verifyItself } from '../runtime/serve/verify-itself.ts';
import { versions } from '../runtime/versions.ts';
import type { ServedShop } from './served-shop.ts';
import { createServer } from './server.ts';

/** Where a server listens. */
export interface Address {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/**
 * Starts all parts of a server, and serves them over HTTP until `ending` is disposed of.
 * @param demo what is served is a made-up shop: anybody may see its figures
 * @returns its URL
 * @throws FootfallError `server.port`, and what a part throws
 */
export async function serveHttp(serving: Serving, { host, port }: Address, demo: boolean): Promise<string> {
  const { open, config, ending, readiness, now, say } = serving;
  await answerCommands(serving);
  await followDimensions(serving);
  await verifyItself(serving);
  const collector = await takeEvents(serving);
  const queries = await answerQueries(serving);
  const hub = await tellChanges(serving);
  const runs = new Runs(open, open.runs, now, (error) => say(FootfallError.from(error).render()));
  ending.defer(async () => runs.close());
  const served: ServedShop = {
    open,
    config,
    collector,
    keys: open.keys,
    runs,
    hub,
    ...queries,
    now,
    countryHeader: config.trustedCountryHeader?.toLowerCase() ?? null,
    demo,
    notReady: () => readiness.reasons,
  };
  const server = await createServer(served, versions().footfall);
  ending.defer(() => server.close());
  // Listeners of the live stream would keep the server from closing.
  ending.defer(async () => hub.close());
  return server.listen({ port, host }).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code ?? cause.message;
    throw new FootfallError('server.port', { address: `${host}:${port}`, reason }, { cause });
  });
}
