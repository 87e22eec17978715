import { area } from '../error-entry.ts';

const user = area({ exit: 'store', http: 503, whose: 'user', retry: false });
const unknown = area({ exit: 'usage', http: 404, whose: 'user', retry: false });
const usage = area({ exit: 'usage', http: 400, whose: 'user', retry: false });
const waiting = area({ exit: 'failed', http: 409, whose: 'user', retry: false });
const internal = area({ exit: 'failed', http: 409, whose: 'internal', retry: false });

/** Why a person cannot be erased. */
export const ERASE_ERRORS = {
  'erase.key': user(
    'the key of erasures is lost',
    'people were erased, and {path} is missing: without it they would come back when a source is read again',
    'put the file back from a copy',
  ),
  'erase.unknown': unknown(
    'nobody to erase',
    'nothing in {path} is of this visitor',
    'ids are compared byte for byte: footfall query enriched_events shows them',
  ),
  'erase.no_certificate': unknown(
    'no certificate',
    'there is no finished erasure {erasure}',
    'GET /v1/erasures lists the certificates',
  ),
  'erase.confirm': usage(
    'an erasure is not confirmed',
    'an erasure cannot be taken back',
    'run the same command with --yes',
  ),
  'erase.imports': waiting(
    'imports are not read yet',
    'files that were sent to be imported are not read to their end, and may name the visitor: {names}',
    'start the server, which reads them, and run the same command again; one that cannot be read (GET /v1/imports says why) is deleted from the folder imports, with its .json',
  ),
  'erase.left': internal(
    'something is left of an erased person',
    '{found} values are left in {places}',
    'run the same command again, which goes on where this one stopped; if that does not help, report it with the output of footfall doctor --json',
  ),
};
