import { area } from '../error-entry.ts';

const request = area({ exit: 'usage', http: 400, whose: 'user', retry: false });
const missing = area({ exit: 'usage', http: 404, whose: 'user', retry: false });
const large = area({ exit: 'usage', http: 413, whose: 'user', retry: false });
const media = area({ exit: 'usage', http: 415, whose: 'user', retry: false });
const slow = area({ exit: 'usage', http: 408, whose: 'user', retry: true });
const long = area({ exit: 'usage', http: 414, whose: 'user', retry: false });
const headers = area({ exit: 'usage', http: 431, whose: 'user', retry: false });
const unfit = area({ exit: 'usage', http: 422, whose: 'user', retry: false });
const busy = area({ exit: 'external', http: 503, whose: 'external', retry: true });
const unreachable = area({ exit: 'external', http: 502, whose: 'external', retry: true });
const refused = area({ exit: 'failed', http: 502, whose: 'user', retry: false });
const port = area({ exit: 'store', http: 503, whose: 'user', retry: true });
const defect = area({ exit: 'internal', http: 503, whose: 'internal', retry: true });

/** What the server answers to requests that it does not carry out. */
export const SERVER_ERRORS = {
  'request.json': request(
    'body is no JSON',
    'the body is no JSON object, no array of objects and no objects one a line: its brackets or quotes do not match',
    'send one event as an object, several as an array, or one a line as application/x-ndjson',
  ),
  'request.invalid': request('request does not fit', '{reason}', 'the documentation at /docs shows what fits'),
  'request.http': request(
    'no HTTP request',
    'what was sent is no request that HTTP/1.1 allows, or one that can be read in two ways',
    'give the length of the body once, by Content-Length or by chunks, and end lines with CR LF',
  ),
  'request.slow': slow(
    'request too slow',
    'the request was not there in time: its headers within 10 seconds, all of it within a minute',
    'send fewer events at once, or over a faster connection',
  ),
  'request.address': long('address too long', 'a part of the address is longer than 100 characters', 'shorten it'),
  'request.headers': headers(
    'headers too large',
    'the headers of the request are larger than 16 KB together',
    'send fewer or shorter headers; cookies count, too',
  ),
  'request.too_large': large(
    'body too large',
    'the body is larger than {limit} bytes, or unpacks to more than that',
    'send fewer events at once; large files go through footfall replay',
  ),
  'request.unpacks': large(
    'body unpacks to too much',
    'the body unpacks to more than {times} times of what was sent',
    'send it plain, or fewer events at once: a body of up to 1 MB may be packed as far as it can be',
  ),
  'request.media_type': media(
    'unknown form of body',
    'a body of type {type} is not understood',
    'send application/json or application/x-ndjson, plain or with Content-Encoding gzip, br, deflate or zstd',
  ),
  'request.packed': request(
    'body does not unpack',
    'the body is not what its Content-Encoding {coding} says, or is cut off',
    'pack it again, or send it plain',
  ),
  'request.idempotency': unfit(
    'key was used for another request',
    'another request came with the same Idempotency-Key and another body',
    'give each request a key of its own, and repeat a request as it was',
  ),
  'server.route': missing('no such address', 'there is nothing at {path}', 'the documentation at /docs lists what is'),
  'server.busy': busy(
    'too much is waiting',
    '{waiting} rows wait to be taken in',
    'send the same request again after the time in Retry-After',
  ),
  'server.catching_up': busy(
    'what came before is still taken in',
    'events that were accepted before the server was started are still being taken in, and nobody can say yet which are copies of them',
    'send the same request again after the time in Retry-After',
  ),
  'server.ending': busy(
    'is about to end',
    'the server was asked to end, and takes no more requests',
    'send the same request again: it was not carried out',
  ),
  'query.explorer': busy(
    'no queries at the moment',
    'the process that runs queries does not start',
    'try again; the log of the server has the reason',
  ),
  'server.crash_loop': defect(
    'crashes again and again',
    'the server ended by itself {times} times one after the other',
    'footfall logs shows what it was doing; footfall doctor looks at the data folder',
  ),
  'server.running': port(
    'runs already',
    'process {pid} owns {data} already',
    'footfall status shows how it is, footfall stop ends it',
  ),
  'server.still_running': port(
    'has not ended yet',
    'process {pid} has not ended after {seconds} s: it finishes what is under way',
    'wait, or end it at once with --force: nothing that was acknowledged is lost',
  ),
  'server.port': port(
    'address is taken',
    'nothing can listen on {address}: {reason}',
    'stop what listens there, or choose another port with --port',
  ),
  'server.unreachable': unreachable(
    'no server there',
    '{server} cannot be reached: {reason}',
    'footfall status says whether one runs; another one is named with --server',
  ),
  'server.refused': refused('the server refuses', '{server} answers {status} {code}: {detail}', '{hint}'),
} as const;
