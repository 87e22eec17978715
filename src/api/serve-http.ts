import type { Server as HttpsServer } from 'node:https';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { Millis } from '../core/time.ts';
import { Runs } from '../runtime/runs/runs.ts';
import { answerCommands } from '../runtime/serve/answer-commands.ts';
import { answerQueries } from '../runtime/serve/answer-queries.ts';
import { followDimensions } from '../runtime/serve/follow-dimensions.ts';
import { knowCountries } from '../runtime/serve/know-countries.ts';
import { runSinks } from '../runtime/serve/run-sinks.ts';
import { tellServed } from '../runtime/serve/server-facts.ts';
import type { Serving } from '../runtime/serve/serving.ts';
import { takeEvents } from '../runtime/serve/take-events.ts';
import { takeFiles } from '../runtime/serve/take-files.ts';
import { tellChanges } from '../runtime/serve/tell-changes.ts';
import { verifyItself } from '../runtime/serve/verify-itself.ts';
import { watchOver } from '../runtime/serve/watch-over.ts';
import { versions } from '../runtime/versions.ts';
import { certificateFiles, followCertificate, readCertificate } from './certificate.ts';
import { drainable } from './drain.ts';
import { checkExposure, isLoopback } from './exposure.ts';
import type { ServedShop } from './served-shop.ts';
import { createServer } from './server.ts';

/** Requests under way when it is to end may take so long. */
const PATIENCE: Millis = 10_000;

/** Where a server listens. */
export interface Address {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

const WITHOUT_TLS = 'give --tls-cert and --tls-key, or put a proxy before it that speaks TLS';

/**
 * Starts all parts of a server, and serves them over HTTP until `ending` is disposed of.
 * @param demo what is served is a made-up shop: anybody may see its figures
 * @returns its URL
 * @throws FootfallError `server.port`, and what a part throws
 */
export async function serveHttp(serving: Serving, { host, port }: Address, demo: boolean): Promise<string> {
  const { open, config, ending, readiness, now, say, sayError } = serving;
  checkExposure(host, open, now());
  const files = certificateFiles(config);
  const certificate = files === null ? null : readCertificate(files);
  await answerCommands(serving);
  await followDimensions(serving);
  await verifyItself(serving);
  const collector = await takeEvents(serving);
  const vitals = watchOver(serving, collector);
  const imports = await takeFiles(serving);
  const queries = await answerQueries(serving);
  const hub = await tellChanges(serving);
  runSinks(serving);
  const runs = new Runs(open, open.runs, now, sayError);
  ending.defer(async () => runs.close());
  const served: ServedShop = {
    open,
    config,
    log: serving.log,
    collector,
    runs,
    imports,
    hub,
    queries,
    now,
    countryHeader: config.trustedCountryHeader?.toLowerCase() ?? null,
    countryOf: knowCountries(serving),
    version: versions().footfall,
    vitals,
    demo,
    notReady: () => readiness.reasons,
  };
  const server = await createServer(served, versions().footfall, certificate);
  if (files !== null) {
    // With a certificate it is a server of TLS.
    const end = followCertificate(server.server as unknown as HttpsServer, files, say);
    ending.defer(async () => end());
  } else if (!isLoopback(host)) say(`keys and passwords can be read on the way to ${host}: ${WITHOUT_TLS}`);
  const drain = drainable(server);
  ending.defer(async () => {
    hub.close();
    const cutOff = await drain.close(PATIENCE);
    if (cutOff > 0) say(`${cutOff} requests were not over after ${PATIENCE / 1000} s, and were cut off`);
  });
  const url = await server.listen({ port, host }).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code ?? cause.message;
    throw new FootfallError('server.port', { address: `${host}:${port}`, reason }, { cause });
  });
  tellServed(open, { url, reasons: served.notReady, backlog: () => collector.backlog, vitals });
  return url;
}
