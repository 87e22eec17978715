import { area } from '../error-entry.ts';

const usage = area({ exit: 'usage', http: 400, whose: 'user', retry: false });
const unknown = area({ exit: 'usage', http: 404, whose: 'user', retry: false });
const other = area({ exit: 'usage', http: 409, whose: 'user', retry: false });
const large = area({ exit: 'usage', http: 413, whose: 'user', retry: false });

/** Why a file that is sent is not imported. */
export const IMPORT_ERRORS = {
  'import.name': usage(
    'no name for an import',
    '"{name}" cannot be the name of an import',
    'letters, digits, dots, dashes and underscores, beginning with a letter or digit, up to 100',
  ),
  'import.empty': usage('empty file', 'the file of {name} is empty', 'send the whole file as the body of the request'),
  'import.cut': usage(
    'file is cut off',
    'the file of {name} ended after {bytes} bytes, before it was whole: nothing of it is kept',
    'send it again',
  ),
  'import.exists': other(
    'name is taken',
    'another file was imported as {name}',
    'give this one a name of its own; the same file may be sent again under the same name',
  ),
  'import.quota': large(
    'no room for the file',
    'files that wait to be imported may take {quota} bytes, and with {name} they would take more',
    'wait until others are imported: GET /v1/imports says how far they are; the setting importQuota says how much they may take',
  ),
  'import.unknown': unknown('unknown import', 'nothing was imported as {name}', 'GET /v1/imports lists the imports'),
};
