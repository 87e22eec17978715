import { statSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { CATALOGUE, type ErrorCode } from '../core/errors/catalogue/catalogue.ts';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { ControlLine } from './control-server.ts';
import type { DataFolder } from './data-folder.ts';
import type { Emit } from './operation.ts';
import type { InputOf, OperationName, OutputOf, PartOf } from './operations/operations.ts';

/** What came of asking the owner: no answer when none listens, or when it ended before it had said anything. */
export type Asked<Output> = { readonly answered: true; readonly output: Output } | { readonly answered: false };

/**
 * Asks the process that owns the shop.
 * @throws FootfallError what the operation threw there; `store.interrupted` when it ended in the middle of an answer
 */
export async function askOwner<N extends OperationName>(
  { socket }: DataFolder,
  name: N,
  input: InputOf<N>,
  emit: Emit<PartOf<N>>,
): Promise<Asked<OutputOf<N>>> {
  if (!isOurs(socket)) return { answered: false };
  let response: IncomingMessage;
  try {
    response = await post(socket, `/${name}`, JSON.stringify(input));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(code)) return { answered: false };
    throw error;
  }
  let begun = false;
  try {
    for await (const text of linesOf(response)) {
      const line = JSON.parse(text) as ControlLine;
      if ('part' in line) {
        begun = true;
        await emit(line.part as PartOf<N>);
      } else if ('result' in line) return { answered: true, output: line.result as OutputOf<N> };
      else throw rebuilt(line.error);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
  }
  // It was stopped while answering. Its successor, or the file itself, would begin its own answer: after half of one
  // that cannot be.
  if (begun) throw new FootfallError('store.interrupted', {});
  return { answered: false };
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** Where the data folder's path is too long the socket lies in a folder of everybody: others may not answer for us. */
const isOurs = (socket: string): boolean => {
  const owner = statSync(socket, { throwIfNoEntry: false })?.uid;
  return owner !== undefined && owner === (process.getuid?.() ?? owner);
};

/** Whether a process serves the shop now. */
export async function ownerAnswers(folder: DataFolder): Promise<boolean> {
  return (await askOwner(folder, 'status', {}, () => undefined)).answered;
}

function post(socketPath: string, path: string, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asking = request(
      { socketPath, path, method: 'POST', headers: { 'content-type': 'application/json' } },
      resolve,
    );
    asking.once('error', reject);
    asking.end(body);
  });
}

function rebuilt({ code, params, where }: Extract<ControlLine, { error: unknown }>['error']): FootfallError {
  const known: ErrorCode = Object.hasOwn(CATALOGUE, code) ? (code as ErrorCode) : 'internal.bug';
  return new FootfallError(known, { reason: code, ...params } as never, where === null ? {} : { where });
}
