/** What is said on a connection, and the statuses that may come back. */
export interface Rubbish {
  readonly what: string;
  readonly text: string | Uint8Array;
  /** With 0 among them, the connection may also be closed without a word. */
  readonly statuses: readonly number[];
}

const HOST = 'Host: shop\r\n';
const CLOSE = 'Connection: close\r\n';
/** Would send an event if anybody took it for a request of its own. */
const SMUGGLED =
  'POST /v1/events HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}';
const post = (headers: string, body = ''): string =>
  `POST /v1/events HTTP/1.1\r\n${HOST}${CLOSE}Content-Type: application/json\r\n${headers}\r\n${body}`;
const get = (path: string, headers = ''): string => `GET ${path} HTTP/1.1\r\n${HOST}${CLOSE}${headers}\r\n`;
const refused = (what: string, text: string | Uint8Array, ...statuses: readonly number[]): Rubbish => ({
  what,
  text,
  statuses: statuses.length === 0 ? [400] : statuses,
});

/** Requests that are none, can be read in two ways, or are too large. */
export const RUBBISH: readonly Rubbish[] = [
  refused('no HTTP', 'hello\r\n\r\n'),
  refused('nothing but zeros', new Uint8Array(1_000)),
  refused('TLS', Buffer.from('16030100a5010000a10303', 'hex')),
  refused('HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  refused('HTTP/0.9', 'GET /\r\n\r\n', 200, 400),
  refused('another version', 'GET / HTTP/3.7\r\nHost: shop\r\n\r\n'),
  refused('no host', 'GET /v1/health/live HTTP/1.1\r\n\r\n'),
  refused('a method that is none', `G(T / HTTP/1.1\r\n${HOST}\r\n`),
  refused('a method in small letters', `get / HTTP/1.1\r\n${HOST}\r\n`),
  refused('a blank in a name', get('/', 'X Y: 1\r\n')),
  refused('a blank before the colon', get('/', 'Content-Length : 5\r\n')),
  refused('a name that is none', get('/', '(a): 1\r\n')),
  refused('no colon', get('/', 'nothing\r\n')),
  refused('an empty name', get('/', ': 1\r\n')),
  refused('a zero byte in a value', get('/', 'X: a\0b\r\n')),
  refused('a line feed of its own', `GET /v1/health/live HTTP/1.1\n${HOST}\n`),
  refused('a carriage return of its own', `GET /v1/health/live HTTP/1.1\r\n${HOST}X: a\rY: b\r\n\r\n`),
  refused('a line that goes on', get('/', 'X: a\r\n b\r\n Transfer-Encoding: chunked\r\n'), 400, 404),
  refused('a zero byte in the address', get('/v1/\0')),
  refused('a blank in the address', get('/v1/health/live /x')),
  refused('a percent sign alone', get('/v1/views/%')),
  refused('a long part of an address', get(`/v1/views/${'x'.repeat(500)}`), 401, 414),
  refused('a long address', get(`/${'x'.repeat(20_000)}`), 414, 431),
  refused('a long query', get(`/v1/views?${'x'.repeat(20_000)}`), 414, 431),
  refused('a long header', get('/', `X: ${'x'.repeat(20_000)}\r\n`), 431),
  refused('many headers', get('/', Array.from({ length: 5_000 }, (_, i) => `X-${i}: 1\r\n`).join('')), 431),
  refused('a negative length', post('Content-Length: -1\r\n', SMUGGLED)),
  refused('a length that is none', post('Content-Length: 2a\r\n', SMUGGLED)),
  refused('a length with a sign', post('Content-Length: +2\r\n', SMUGGLED)),
  refused('a length beyond numbers', post(`Content-Length: ${'9'.repeat(40)}\r\n`, SMUGGLED)),
  refused('a length beyond the limit', post('Content-Length: 99999999999\r\n', '{}'), 401, 413),
  refused('two lengths', post('Content-Length: 2\r\nContent-Length: 3\r\n', SMUGGLED)),
  refused('two lengths in one', post('Content-Length: 2, 3\r\n', SMUGGLED)),
  refused('length and chunks', post('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${SMUGGLED}`)),
  refused('chunks and length', post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', `0\r\n\r\n${SMUGGLED}`)),
  refused(
    'chunks that are not the last coding',
    post('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${SMUGGLED}`),
  ),
  refused('an unknown coding', post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${SMUGGLED}`)),
  refused(
    'codings that hide',
    post('Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n', SMUGGLED),
  ),
  refused('chunks with a control character', post('Transfer-Encoding: \x0bchunked\r\n', `0\r\n\r\n${SMUGGLED}`)),
  refused('a chunk whose length is none', post('Transfer-Encoding: chunked\r\n', `zz\r\n{}\r\n0\r\n\r\n`), 400, 401),
  refused('a chunk beyond numbers', post('Transfer-Encoding: chunked\r\n', `${'f'.repeat(17)}\r\n`), 400, 401),
  refused(
    'a chunk that is longer than it says',
    post('Transfer-Encoding: chunked\r\n', `1\r\n{}{}\r\n0\r\n\r\n`),
    400,
    401,
  ),
  refused('chunks with line feeds alone', post('Transfer-Encoding: chunked\r\n', `2\n{}\n0\n\n${SMUGGLED}`), 400, 401),
  refused('an expectation that is none', post('Expect: tea\r\nContent-Length: 2\r\n', '{}'), 417),
  refused(
    'another address as the whole',
    `GET http://elsewhere/v1/views HTTP/1.1\r\n${HOST}${CLOSE}\r\n`,
    400,
    401,
    404,
  ),
  refused('a way through', `CONNECT elsewhere:443 HTTP/1.1\r\n${HOST}\r\n`, 0, 400, 404, 405),
  refused('another protocol', get('/v1/live?views=journeys', 'Upgrade: websocket\r\nConnection: upgrade\r\n'), 401),
];
