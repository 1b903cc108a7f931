// The authorization server: `oidc-provider`, configured to what the API's documents promise and else left as it comes.

import { generateKeyPair, randomBytes, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';

import Provider, { errors } from 'oidc-provider';

import { AUDIENCE } from './environment.mjs';
import { createInteractions } from './interactions.mjs';
import { createStorage } from './storage.mjs';

const HOUR = 60 * 60;
const DAY = 24 * HOUR;
const IDENTITY = ['openid', 'offline_access', 'profile', 'email', 'phone'];
const SUPPLY = [
  'supply::users.read', 'supply::users.disconnect', 'supply::businesses.list', 'supply::negotiations.read',
  'supply::negotiations.write', 'supply::messages.read', 'supply::messages.write',
];
const DEMAND_OF_USERS = [
  'demand::users.read', 'demand::negotiations.read', 'demand::messages.read', 'demand::messages.write',
];
const DEMAND_OF_APPLICATIONS = ['demand::keywords.read', 'demand::categories.read', 'demand::businesses/search.read'];

/** `login` says who answers for the user: `automatic` or `pages`. */
export async function createAuthorizationServer({ origin, login, data, credentials }) {
  const client = ({ id, secret }, scopes, grants) => ({
    client_id: id,
    client_secret: secret,
    redirect_uris: [credentials.callback],
    response_types: ['code'],
    grant_types: grants,
    scope: [...IDENTITY, ...scopes].join(' '),
  });
  const provider = new Provider(origin, {
    adapter: createStorage(),
    clients: [
      client(credentials.supply, SUPPLY, ['authorization_code', 'refresh_token']),
      client(credentials.demand, [...DEMAND_OF_USERS, ...DEMAND_OF_APPLICATIONS], ['authorization_code', 'refresh_token', 'client_credentials']),
    ],
    jwks: { keys: [await signingKey()] },
    cookies: { keys: [randomBytes(24).toString('base64url')] },
    routes: { authorization: '/oauth2/auth', token: '/oauth2/token', revocation: '/oauth2/revoke', jwks: '/oauth2/keys', userinfo: '/oauth2/userinfo' },
    scopes: [...IDENTITY, ...SUPPLY, ...DEMAND_OF_USERS, ...DEMAND_OF_APPLICATIONS],
    claims: {
      openid: ['sub'],
      profile: ['name', 'given_name', 'family_name', 'picture', 'zoneinfo'],
      email: ['email', 'email_verified'],
      phone: ['phone_number'],
    },
    // The documents have the claims in the id_token, and not only at the userinfo endpoint.
    conformIdTokenClaims: false,
    findAccount: (_, id) => account(data.userByID(id)),
    interactions: { url: (_, interaction) => `/login/${interaction.uid}` },
    // The documents have the redirect URL sent along with the code.
    allowOmittingSingleRegisteredRedirectUri: false,
    // PKCE is accepted and not required.
    pkce: { required: () => false },
    rotateRefreshToken: true,
    ttl: {
      AccessToken: HOUR,
      ClientCredentials: HOUR,
      IdToken: HOUR,
      AuthorizationCode: 5 * 60,
      RefreshToken: 180 * DAY,
      Grant: 180 * DAY,
      Interaction: HOUR,
      Session: DAY,
    },
    extraParams: {
      audience: (_, audience) => {
        if (audience !== AUDIENCE) throw new errors.InvalidRequest('this server speaks for another audience than was asked for');
      },
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        // The API's parameter is `audience`, where RFC 8707 has `resource`. A user's token has none of its own: the
        // authorization request has named it already, and the same token opens userinfo.
        defaultResource: (ctx) => (ctx.oidc.body?.grant_type === 'client_credentials' ? ctx.oidc.body.audience : undefined),
        getResourceServerInfo: (_, audience) => {
          if (audience !== AUDIENCE) throw new errors.InvalidTarget('no API here goes by this audience');
          return { scope: DEMAND_OF_APPLICATIONS.join(' '), audience: AUDIENCE, accessTokenFormat: 'opaque', accessTokenTTL: HOUR };
        },
        useGrantedResource: () => true,
      },
    },
  });
  provider.use(askConsentForOfflineAccess);
  provider.use(createInteractions({ provider, login, data }));
  provider.on('server_error', (_, error) => console.error(error));
  return { handle: provider.callback(), findToken: (value) => findToken(provider, value) };
}

/** OpenID Connect Core §11: offline access is given where the user is asked for consent. This server then always asks. */
async function askConsentForOfflineAccess(ctx, next) {
  const { query } = ctx;
  if (ctx.path === '/oauth2/auth' && query.prompt === undefined && String(query.scope ?? '').split(' ').includes('offline_access')) {
    ctx.query = { ...query, prompt: 'consent' };
  }
  await next();
}

/** What the token is good for, if it is active; introspection without a request. */
async function findToken(provider, value) {
  const token = (await provider.AccessToken.find(value)) ?? (await provider.ClientCredentials.find(value));
  if (!token) return undefined;
  if (token.kind === 'ClientCredentials' && token.aud !== AUDIENCE) return undefined;
  return { scopes: new Set((token.scope ?? '').split(' ')), userID: token.accountId };
}

function account(user) {
  return user && {
    accountId: user.userID,
    claims: () => ({
      sub: user.userID,
      name: `${user.firstName} ${user.lastName}`,
      given_name: user.firstName,
      family_name: user.lastName,
      picture: `https://images.example.com/people/${user.userID}.jpg`,
      zoneinfo: 'America/Los_Angeles',
      email: user.email,
      email_verified: user.emailVerified,
      phone_number: user.phoneNumber,
    }),
  };
}

async function signingKey() {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
}
