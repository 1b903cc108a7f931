// One environment: its own port, clients, users, keys and data. Two of these, staging and production, run in one process.

import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { randomBytes, randomUUID } from 'node:crypto';

import { createApi } from './api.mjs';
import { createAuthorizationServer } from './authorization.mjs';
import { createData } from './data.mjs';
import { createSite } from './site.mjs';

export const AUDIENCE = 'urn:partner-api';

/** What a client secret of one environment ends in: everything that has a meaning in a form or in HTTP Basic. */
const AWKWARD = ' 100% + a:b/c & d=e';

/**
 * Starts an environment. `settings`: `name`, `port` (0 takes a free one), `login` (`automatic` or `pages`), `gated`
 * (whether the site asks for a password), `given` (credentials by variable name, for what is not to be drawn), `tls`
 * (`cert` and `key` in PEM, for https).
 */
export async function startEnvironment({ name, port, login, gated, given, tls }) {
  const prefix = name === 'staging' ? 'INTEROP' : 'INTEROP_PRODUCTION';
  const secret = (word, ending = '') => given[`${prefix}_${word}`] ?? `${randomBytes(18).toString('base64url')}${ending}`;
  const credentials = {
    supply: { id: randomUUID(), secret: secret('SUPPLY_SECRET', name === 'staging' ? AWKWARD : '') },
    demand: { id: randomUUID(), secret: secret('DEMAND_SECRET') },
    passwords: { pro: secret('PRO_PASSWORD'), other_pro: secret('OTHER_PRO_PASSWORD'), customer: secret('CUSTOMER_PASSWORD') },
    gate: { user: 'visitor', password: secret('GATE_PASSWORD') },
    callback: 'http://127.0.0.1:8421/callback',
  };

  const server = tls ? createTlsServer(tls) : createServer();
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const origin = `http${tls ? 's' : ''}://127.0.0.1:${server.address().port}`;
  const site = `${origin}/www/`;

  const data = createData(name, site, credentials.passwords);
  const authorization = await createAuthorizationServer({ origin, login, data, credentials });
  const api = createApi({ data, findToken: authorization.findToken });
  const pages = createSite({ gate: gated ? credentials.gate : undefined });
  server.on('request', (request, response) => {
    const room = request.url.startsWith('/api/') ? api : request.url.startsWith('/www/') ? pages : authorization.handle;
    room(request, response);
  });

  const variables = {
    ORIGIN: origin,
    SUPPLY_ID: credentials.supply.id,
    SUPPLY_SECRET: credentials.supply.secret,
    DEMAND_ID: credentials.demand.id,
    DEMAND_SECRET: credentials.demand.secret,
    CALLBACK: credentials.callback,
    BUSINESS: data.fixtures.business,
    NEGOTIATION: data.fixtures.negotiation,
    OTHER_NEGOTIATION: data.fixtures.otherNegotiation,
    MESSAGE: data.fixtures.message,
    ...Object.fromEntries(
      Object.entries(credentials.passwords).flatMap(([user, password]) => [
        [`${user.toUpperCase()}_LOGIN`, data.users.get(user).email],
        [`${user.toUpperCase()}_PASSWORD`, password],
      ]),
    ),
    ...(gated ? { GATE_USER: credentials.gate.user, GATE_PASSWORD: credentials.gate.password } : {}),
  };
  return {
    variables: Object.fromEntries(Object.entries(variables).map(([key, value]) => [`${prefix}_${key}`, value])),
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
