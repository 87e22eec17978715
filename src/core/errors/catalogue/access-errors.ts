import { area } from '../error-entry.ts';

const missing = area({ exit: 'usage', http: 401, whose: 'user', retry: false });
const denied = area({ exit: 'usage', http: 403, whose: 'user', retry: false });
const unknown = area({ exit: 'usage', http: 404, whose: 'user', retry: false });
const conflict = area({ exit: 'usage', http: 409, whose: 'user', retry: false });
const unfit = area({ exit: 'usage', http: 422, whose: 'user', retry: false });
const often = area({ exit: 'external', http: 429, whose: 'user', retry: true });
const setup = area({ exit: 'usage', http: 503, whose: 'user', retry: false });

/** Who may do what, and how often. */
export const ACCESS_ERRORS = {
  'access.missing': missing(
    'nobody known',
    'the request carries no key and no sign-in, or one that is not valid any more',
    'send Authorization: Bearer KEY; footfall keys create --role {role} makes one; people sign in at /sign-in',
  ),
  'access.denied': denied(
    'not allowed',
    'whoever asks has the role {has}, and this needs {role}',
    'footfall keys create --role {role} makes a key that may; footfall users role gives people another role',
  ),
  'access.cross_site': denied(
    'comes from another site',
    'people sign in, and act with their cookie, at pages of this server; the request was not sent by one',
    'programs send Authorization: Bearer KEY instead of a cookie',
  ),
  'access.sign_in': missing(
    'sign-in refused',
    'nobody has this name and password',
    'try again; footfall users reset NAME makes a link that sets a new password',
  ),
  'access.link': missing(
    'link is not valid',
    'the link was used, is older than a day, or was replaced by a newer one',
    'footfall users reset NAME makes another one; the first administrator gets one at the start of the server',
  ),
  'access.people': denied(
    'only for people',
    'a key has no password and is not signed in',
    'sign in at /sign-in; keys are changed at /v1/keys',
  ),
  'access.account': unknown('nobody of this name', 'nobody has the name {name}', 'footfall users list shows all'),
  'access.key': unknown(
    'no such key',
    'no valid key has the id or beginning {name}',
    'footfall keys list shows all, with their ids and beginnings',
  ),
  'access.name': conflict(
    'name cannot be given',
    'the name "{name}" {reason}',
    'choose another one: 1 to 100 characters, different from all in footfall users list',
  ),
  'access.last_admin': conflict(
    'last administrator',
    'without {name} nobody could change anything any more',
    'give another person the role admin first',
  ),
  'access.password': unfit(
    'password is too weak',
    'a password has {shortest} to {longest} characters and is not the name',
    'choose a longer one; several words do',
  ),
  'access.rate': often(
    'too many requests',
    'more came than the limit {policy} allows',
    'send the same request again after {seconds} s; footfall config --explain shows the limits',
  ),
  'access.exposed': setup(
    'open to others without access',
    'the server would listen on {host}, which others can reach, and nobody has a key or a name',
    'make the first with footfall users add NAME --role admin --data {folder} or footfall keys create --role ROLE --data {folder}, or listen on 127.0.0.1',
  ),
  'access.tls': setup(
    'certificate cannot be used',
    'the certificate {cert} with the key {key} cannot be used: {reason}',
    'give files in PEM form that belong together, with --tls-cert and --tls-key',
  ),
} as const;
