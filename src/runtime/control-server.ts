import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { Millis } from '../core/time.ts';
import { drained } from './drained.ts';
import type { OpenShop } from './open-shop.ts';
import type { Operation } from './operation.ts';
import { OPERATIONS } from './operations/operations.ts';

/** Largest request: a query's text. */
const REQUEST_LIMIT = 1 << 20;
/** How long answers under way may take once the process is to end. */
const PATIENCE: Millis = 2_000;
/** How long whoever asked may read nothing: an answer that waits keeps what its transaction sees on disk. */
const IDLE: Millis = 60_000;

/** One line of an answer; the last is `result` or `error`. */
export type ControlLine =
  | { readonly part: unknown }
  | { readonly result: unknown }
  | {
      readonly error: {
        readonly code: string;
        readonly params: Readonly<Record<string, string | number>>;
        readonly where: string | null;
      };
    };

/** The control endpoint of the process that owns a shop, for the commands of other processes. */
export interface ControlServer {
  close(): Promise<void>;
}

/**
 * Serves the operations on a unix socket that only this user may open: `POST /<operation>` with its input as JSON;
 * the answer is a JSON line for each part and one for the result. The caller holds the database's lock, so whatever
 * lies at the socket's path is left over from a process that died.
 */
export async function serveControl(open: OpenShop, idle: Millis = IDLE): Promise<ControlServer> {
  const { socket } = open.folder;
  rmSync(socket, { force: true });
  const server = createServer((request, response) => {
    answer(open, request, response, idle).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  chmodSync(socket, 0o600);
  server.unref();
  return { close: () => closeServer(server) };
}

/** Answers under way may end; a reader that has stopped reading must not keep the process. */
async function closeServer(server: Server): Promise<void> {
  const patience = setTimeout(() => server.closeAllConnections(), PATIENCE);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(patience);
}

async function answer(open: OpenShop, request: IncomingMessage, response: ServerResponse, idle: Millis): Promise<void> {
  const parts: unknown[] = [];
  const send = (line: ControlLine): Promise<void> => sendLine(response, line, idle);
  try {
    const name = (request.url ?? '').slice(1);
    const operations: Readonly<Record<string, unknown>> = OPERATIONS;
    if (request.method !== 'POST' || !Object.hasOwn(operations, name)) {
      throw new FootfallError('cli.unknown_command', { name });
    }
    const { input, streams, run } = operations[name] as Operation<unknown, unknown, unknown>;
    const asked = input.parse(JSON.parse(await bodyOf(request)));
    // Where a slow reader would hold up others, parts are gathered first.
    const emit = streams ? (part: unknown) => send({ part }) : (part: unknown) => void parts.push(part);
    const result = await run(open, asked, emit);
    for (const part of parts) await send({ part });
    await send({ result });
  } catch (error) {
    const { code, params, where } = FootfallError.from(error);
    // It is the last line: whether it is read, and when, no longer matters here.
    write(response, { error: { code, params, where } });
  }
  response.end();
}

/**
 * Sends a line, and waits while the other side is behind.
 * @throws FootfallError `store.stalled` when it has read nothing for `idle`
 */
async function sendLine(response: ServerResponse, line: ControlLine, idle: Millis): Promise<void> {
  if (write(response, line)) return;
  if (!(await drained(response, idle))) throw new FootfallError('store.stalled', { seconds: idle / 1000 });
}

/** @returns false while the other side is behind */
function write(response: ServerResponse, line: ControlLine): boolean {
  if (response.destroyed) throw new Error('whoever asked has gone');
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  return response.write(`${JSON.stringify(line)}\n`);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > REQUEST_LIMIT) throw new FootfallError('cli.usage', { reason: 'the request is larger than 1 MB' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
