import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { DOCS } from './access.ts';
import { acceptBodies } from './body.ts';
import { limitBodyTime } from './body-time.ts';
import type { Certificate } from './certificate.ts';
import { answerClientError } from './client-error.ts';
import { openToPages } from './cors.ts';
import { documentAnswers } from './document-answers.ts';
import { answerWithProblem, BODY_LIMIT } from './problem.ts';
import { protect } from './protect.ts';
import { frameworkLog, logRequests, requestIdOf } from './request-log.ts';
import { auditRoutes } from './routes/audit.ts';
import { dimensionRoutes } from './routes/dimensions.ts';
import { erasureRoutes } from './routes/erasures.ts';
import { eventRoutes } from './routes/events.ts';
import { exportRoutes } from './routes/exports.ts';
import { healthRoutes } from './routes/health.ts';
import { homeRoutes } from './routes/home.ts';
import { importRoutes } from './routes/imports.ts';
import { keyRoutes } from './routes/keys.ts';
import { liveRoutes } from './routes/live.ts';
import { metricRoutes } from './routes/metrics.ts';
import { peopleRoutes } from './routes/people.ts';
import { personRoutes } from './routes/persons.ts';
import { planRoutes } from './routes/plans.ts';
import { queryRoutes } from './routes/queries.ts';
import { questionRoutes } from './routes/questions.ts';
import { repairRoutes } from './routes/repairs.ts';
import { runRoutes } from './routes/runs.ts';
import { selfVerifyRoutes } from './routes/self-verify.ts';
import { sessionRoutes } from './routes/session.ts';
import { sinkRoutes } from './routes/sinks.ts';
import { sqlRoutes } from './routes/sql.ts';
import { tableRoutes } from './routes/tables.ts';
import { trackerRoutes } from './routes/tracker.ts';
import { userRoutes } from './routes/users.ts';
import { viewRoutes } from './routes/views.ts';
import { vocabularyRoutes } from './routes/vocabulary.ts';
import { wireRoutes } from './routes/wire.ts';
import { DOCS_RULES } from './security-headers.ts';
import type { ServedShop } from './served-shop.ts';

/** Longer than any honest client needs for its headers, and for a body of the largest size. */
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 60_000;
/** By so much longer may the slow ones stay: Node looks for them no more often than this. */
const CHECKING = 5_000;

const ROUTES = [
  healthRoutes,
  eventRoutes,
  wireRoutes,
  trackerRoutes,
  viewRoutes,
  tableRoutes,
  exportRoutes,
  questionRoutes,
  planRoutes,
  peopleRoutes,
  personRoutes,
  repairRoutes,
  erasureRoutes,
  importRoutes,
  dimensionRoutes,
  vocabularyRoutes,
  runRoutes,
  selfVerifyRoutes,
  liveRoutes,
  sinkRoutes,
  sqlRoutes,
  queryRoutes,
  metricRoutes,
  sessionRoutes,
  keyRoutes,
  userRoutes,
  auditRoutes,
  homeRoutes,
];

/**
 * The HTTP server of a shop, not yet listening.
 * @param version of Footfall, for the documentation
 * @param certificate with one, it speaks TLS
 */
export async function createServer(
  service: ServedShop,
  version: string,
  certificate: Certificate | null = null,
): Promise<FastifyInstance> {
  const { trustedProxies } = service.config;
  const timeouts = { headersTimeout: HEADERS_TIMEOUT, connectionsCheckingInterval: CHECKING };
  const settings: FastifyServerOptions = {
    bodyLimit: BODY_LIMIT,
    // Of headers alone; bodies have their own, since files may take longer.
    requestTimeout: 0,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    loggerInstance: frameworkLog(service.log),
    genReqId: requestIdOf,
    return503OnClosing: true,
    forceCloseConnections: 'idle',
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => void answerWithProblem(error, request, reply),
  };
  const transport = certificate === null ? { http: timeouts } : { https: { ...timeouts, ...certificate } };
  // Routes do not care which of the two it is, and their types need not.
  const app = Fastify({ ...settings, ...(transport as { readonly http: typeof timeouts }) });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerWithProblem);
  app.setNotFoundHandler((request, reply) =>
    answerWithProblem(new FootfallError('server.route', { path: request.url }), request, reply),
  );
  logRequests(app, service.log, service.config.logAddresses);
  openToPages(app);
  protect(app, service);
  limitBodyTime(app, REQUEST_TIMEOUT);
  acceptBodies(app);
  documentAnswers(app);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Footfall', version, description: 'Exact, real-time customer-journey analytics.' },
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer' },
          person: { type: 'apiKey', in: 'cookie', name: 'footfall' },
        },
      },
      security: [{ key: [] }, { person: [] }],
    },
    transform: (given) => {
      const { schema, url } = jsonSchemaTransform(given);
      const { access } = given.route.config ?? {};
      const open = access === 'public' ? { security: [] } : {};
      return { url, schema: { ...schema, ...open, 'x-role': access } };
    },
  });
  await app.register(swaggerUi, { routePrefix: DOCS, staticCSP: DOCS_RULES });
  for (const routes of ROUTES) routes(app, service);
  return app;
}
