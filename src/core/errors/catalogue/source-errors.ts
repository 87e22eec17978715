import { area } from '../error-entry.ts';

const source = area({ exit: 'input', http: 422, whose: 'user', retry: false });
const device = area({ exit: 'external', http: 503, whose: 'external', retry: true });

/** Why a whole source, or a table that comes with it, cannot be read. */
export const SOURCE_ERRORS = {
  'source.missing': source(
    'no such file',
    'there is no file {path}',
    'check the path; relative paths start at the current folder',
  ),
  'source.empty_glob': source(
    'nothing matches',
    'no file matches {pattern}',
    'quote the pattern, and check the folder with ls',
  ),
  'source.changed': source(
    'file has changed',
    '{path} is not the file that was read before: {reason}',
    'restore the file to go on where it stopped, or give the new content a new name to read it from its start',
  ),
  'source.columns_unknown': source(
    'unknown columns',
    'the columns of {path} are not those of a known shape: nothing gives {missing} (found: {found})',
    'say which column holds what: --map event_time=YOUR_COLUMN,event_type=YOUR_COLUMN',
  ),
  'source.format': source(
    'unreadable format',
    '{path} cannot be read as {format}: {reason}',
    'look at how it begins; where that does not tell what it is, name it: --format csv, ndjson or parquet',
  ),
  'source.compression': source(
    'broken compression',
    '{path} cannot be unpacked: {reason}',
    'copy or pack the file again; all that was read up to there is kept',
  ),
  'source.io': device(
    'read error',
    '{path} cannot be read: {reason}',
    'check the device and the permissions, then run the same command again',
  ),
  'country.database': source(
    'unreadable database of countries',
    '{path} cannot be read as a MaxMind DB file: {reason}',
    'the setting countryDatabase names a .mmdb file of countries, such as GeoLite2-Country or DB-IP Lite',
  ),
  'dimension.file': source(
    'unreadable dimension file',
    '{path} cannot be read as a table: {reason}',
    'a dimension file is UTF-8 text with a header line and commas between its columns, as it is or packed as .gz or .zst',
  ),
  'dimension.columns': source(
    'column missing in a dimension',
    '{path} has no column {missing} (found: {found})',
    'add a header line with that column; docs/reference describes the columns of each dimension',
  ),
  'dimension.row': source(
    'broken row in a dimension',
    'line {line} of {path} cannot be used: {reason}',
    'correct the line and load the file again; until then the rows loaded before stay in force',
  ),
};
