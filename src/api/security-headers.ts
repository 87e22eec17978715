import type { FastifyInstance } from 'fastify';

/** Pages are made of our own files, in no frame, and call nobody else. @param styles sources of styles beside our files */
const rules = (...styles: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    ["style-src 'self'", ...styles].join(' '),
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Swagger UI adds one style by a script: this very one is let through, by its hash. */
export const DOCS_RULES = rules("'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='");

const HEADERS = {
  'content-security-policy': rules(),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** A year, as browsers ask for. */
const STRICT = 'max-age=31536000';
const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\])(:\d+)?$/;

/**
 * What browsers are told with every answer, errors and streams as well. They are set on the bare answer: a route that
 * writes to it by itself sends them, too, and one that says otherwise wins.
 */
export function secureAnswers(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ protocol, host, routeOptions }, { raw }) => {
    for (const [name, value] of Object.entries(HEADERS)) raw.setHeader(name, value);
    // Pages of other sites send events, and read the verdicts.
    if (routeOptions.config?.cors === true) raw.setHeader('cross-origin-resource-policy', 'cross-origin');
    // A browser would keep to it for all that anybody serves on this machine.
    if (protocol === 'https' && !LOOPBACK.test(host)) raw.setHeader('strict-transport-security', STRICT);
  });
}
