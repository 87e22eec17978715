import { area } from '../error-entry.ts';

const user = area({ exit: 'store', http: 503, whose: 'user', retry: false });
const machine = area({ exit: 'store', http: 503, whose: 'external', retry: true });
const internal = area({ exit: 'internal', http: 500, whose: 'internal', retry: false });

/** The data folder cannot be used, or Footfall itself is at fault. */
export const STORE_ERRORS = {
  'store.locked': machine(
    'in use',
    '{path} is open in another process',
    'stop that process, ask the running server instead, or choose another folder with --data',
  ),
  'store.corrupt': user(
    'damaged',
    '{path} is damaged',
    'move the folder aside and replay the sources into a new one: the same events give the same rows',
  ),
  'store.lost': machine(
    'the database cannot be opened again',
    '{path} was written anew, and cannot be opened: {reason}',
    'nothing is lost: start the server again; if that fails, footfall doctor says what the folder lacks',
  ),
  'store.control': user(
    'control database is damaged',
    '{path} is damaged',
    'move it aside and run the same command again: no number depends on it',
  ),
  'store.control_open': machine(
    'control database cannot be opened',
    '{path} cannot be opened: {reason}',
    'check the permissions of the data folder, and that no other program holds the file; then run the same command again',
  ),
  'journal.facts': user(
    'a fact is lost',
    'fact {number} cannot be read: {reason}',
    'put {path} back from a copy; without one, move the data folder aside, replay the sources into a new one and load the dimension files again in their order: facts/ beside it keeps a copy of each',
  ),
  'journal.copy': user(
    'the file of a fact is lost',
    'fact {number} loaded {dimension} from {path}, which {reason}',
    'put the file that was loaded back there: its SHA-256 begins with {hash}',
  ),
  'lake.manifest': user(
    'the list of the lake is lost',
    '{path} is damaged, and so is its copy: nobody knows which files the lake has',
    'put it back from a copy; if footfall.duckdb was not deleted, move the folder lake aside instead: a server writes it anew',
  ),
  'lake.changed': user(
    'the lake is another one',
    '{path} was moved, deleted or replaced while it was in use: it is not written to',
    'put it back, or start the server again: what is missing of the lake is then written anew from the database',
  ),
  'lake.file': user(
    'a file of the lake is damaged',
    '{path}, with {rows} rows, cannot be read: {reason}',
    'put it back from a copy, or, while the database has its events, move the folder lake aside: a server writes it anew. A database that is made anew lacks what only this file held',
  ),
  'journal.write': machine(
    'events could not be written',
    'events could not be written to {path}: {reason}',
    'look at the disk; nothing of them was accepted, and whoever sent them may send them again',
  ),
  'store.interrupted': machine(
    'answer was cut off',
    'the process that owns the shop ended in the middle of its answer',
    'run the same command again, and forget what this one printed',
  ),
  'store.stalled': machine(
    'answer was not read',
    'nothing of the answer was read for {seconds} s, so that it was cut off',
    'run the same command again, and read its answer without a pause, or into a file first',
  ),
  'store.disk_full': machine(
    'disk is full',
    'there is no space left for {path}',
    'free some space and run the same command again: nothing committed is lost',
  ),
  'store.version': user(
    'made by a newer version',
    'the data folder has version {found}, this Footfall knows up to {known}',
    'use the Footfall that wrote it, or a newer one',
  ),
  'store.memory': machine(
    'out of memory',
    'the database needs more than its limit of {limit}: {reason}',
    'raise it with --memory-limit, or read in smaller batches with --batch-events',
  ),
  'internal.bug': internal(
    'defect in Footfall',
    'something happened that cannot happen: {reason}',
    'report it with the output of footfall doctor --json; what was committed is safe',
  ),
};
