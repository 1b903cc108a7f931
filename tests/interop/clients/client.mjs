// A partner's client on `openid-client`: every flow that the mock serves, and what becomes of each that fails.
//
// `TACKTEST_MOCK` is the root URL of a mock; everything else is asked from it. Its certificate is trusted by
// NODE_EXTRA_CA_CERTS, if it has one.

import assert from 'node:assert/strict';

import * as client from 'openid-client';

const root = process.env.TACKTEST_MOCK;
const AUDIENCE = 'urn:partner-api';
const SCOPE = 'openid profile email phone offline_access supply::users.read supply::businesses.list supply::negotiations.read supply::messages.read';

/** A world of one's own, so that clients do not meet. */
async function newWorld() {
  const answer = await fetch(`${root}/control/worlds`, { method: 'POST', body: '{}' });
  assert.equal(answer.status, 201);
  const { id, staging } = await answer.json();
  const order = async (command) => {
    const answer = await fetch(`${root}/control/worlds/${id}`, { method: 'POST', body: JSON.stringify(command) });
    assert.equal(answer.status, 204, await answer.text());
  };
  return { environment: staging, order };
}

/** Configured by discovery, and strict: `id_token`s are verified by the published keys. */
async function discover(environment, name, secret = environment.clients[name].secret) {
  const plain = environment.auth_server.startsWith('http:') ? [client.allowInsecureRequests] : [];
  const options = { execute: [...plain, client.enableNonRepudiationChecks] };
  const { id, redirect_uri } = environment.clients[name];
  const config = await client.discovery(
    new URL(environment.auth_server), id, { redirect_uris: [redirect_uri] }, client.ClientSecretBasic(secret), options,
  );
  assert.equal(config.serverMetadata().issuer, environment.auth_server);
  return config;
}

/** Sends a user to the authorization URL; where the redirect leads, and what is checked when it comes back. */
async function visit(config, environment, more = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const checks = { pkceCodeVerifier, expectedState: client.randomState(), expectedNonce: client.randomNonce(), idTokenExpected: true };
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: environment.clients.supply.redirect_uri,
    scope: SCOPE,
    audience: AUDIENCE,
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...more,
  });
  const answer = await fetch(url, { redirect: 'manual' });
  assert.equal(answer.status, 303);
  return { url: new URL(answer.headers.get('location')), checks };
}

async function logIn(config, environment, more) {
  const { url, checks } = await visit(config, environment, more);
  return client.authorizationCodeGrant(config, url, checks);
}

/** A request to the API, whatever it answers. */
async function get(environment, token, path) {
  const answer = await fetch(new URL(path, environment.api), { headers: { authorization: `Bearer ${token}` } });
  return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.json() };
}

/** Holds that a flow fails with an OAuth error. */
async function refused(promise, error, status) {
  await assert.rejects(promise, (thrown) => {
    assert.equal(thrown.error ?? thrown.cause?.error, error, `${thrown} ${JSON.stringify(thrown.cause)}`);
    if (status) assert.equal(thrown.status, status);
    return true;
  });
}

const flows = {
  async 'a user logs in with PKCE, state and nonce'({ environment }) {
    const config = await discover(environment, 'supply');
    const tokens = await logIn(config, environment);
    const claims = tokens.claims();
    assert.equal(tokens.token_type, 'bearer');
    // What is left of an hour, which the library counts down from when the answer came.
    assert.equal(tokens.expires_in, 3600);
    assert.ok(tokens.expiresIn() > 3590 && tokens.expiresIn() <= 3600);
    assert.deepEqual(tokens.scope.split(' ').sort(), SCOPE.split(' ').sort());
    assert.equal(claims.email, 'pro@example.com');
    const told = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
    for (const name of ['sub', 'name', 'given_name', 'family_name', 'email', 'phone_number', 'zoneinfo']) {
      assert.equal(told[name], claims[name], name);
    }
  },

  async 'a recent login is asked for'({ environment }) {
    const config = await discover(environment, 'supply');
    const { url, checks } = await visit(config, environment, { max_age: '60' });
    const tokens = await client.authorizationCodeGrant(config, url, { ...checks, maxAge: 60 });
    assert.ok(tokens.claims().auth_time > 0);
  },

  async 'the API is read'({ environment }) {
    const config = await discover(environment, 'supply');
    const { access_token } = await logIn(config, environment);
    const { negotiation } = environment.fixtures;
    for (const path of ['v4/users/self', 'v4/businesses', `v4/negotiations/${negotiation}`, `v4/negotiations/${negotiation}/messages`]) {
      const answer = await client.fetchProtectedResource(config, access_token, new URL(path, environment.api), 'GET');
      assert.equal(answer.status, 200, path);
      assert.ok(await answer.json(), path);
    }
    const unscoped = await client.fetchProtectedResource(config, access_token, new URL('v4/keywords/search?searchQuery=car', environment.api), 'GET');
    assert.equal(unscoped.status, 401);
    assert.match((await unscoped.json()).detail, /^required scope\(s\) \[/);
  },

  async 'a refresh token is rotated, and may be used again within a minute only'({ environment, order }) {
    const config = await discover(environment, 'supply');
    const first = await logIn(config, environment);
    const second = await client.refreshTokenGrant(config, first.refresh_token);
    assert.notEqual(second.refresh_token, first.refresh_token);
    assert.equal(second.claims().sub, first.claims().sub);
    assert.equal((await get(environment, first.access_token, 'v4/users/self')).status, 401);
    assert.equal((await get(environment, second.access_token, 'v4/users/self')).status, 200);
    const again = await client.refreshTokenGrant(config, first.refresh_token);
    assert.notEqual(again.refresh_token, second.refresh_token);
    await order({ advance: '61s' });
    await refused(client.refreshTokenGrant(config, first.refresh_token), 'invalid_grant', 400);
    assert.equal((await get(environment, again.access_token, 'v4/users/self')).status, 401);
    await refused(client.refreshTokenGrant(config, again.refresh_token), 'invalid_grant', 400);
  },

  async 'an expired access token is refused with a problem, and refreshed'({ environment, order }) {
    const config = await discover(environment, 'supply');
    const tokens = await logIn(config, environment);
    await order({ expire: tokens.access_token });
    const { status, type, body } = await get(environment, tokens.access_token, 'v4/users/self');
    assert.deepEqual([status, type.split(';')[0], body.status], [401, 'application/problem+json', 401]);
    assert.match(body.detail, /token is not active/);
    await assert.rejects(client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub), client.WWWAuthenticateChallengeError);
    const { access_token } = await client.refreshTokenGrant(config, tokens.refresh_token);
    assert.equal((await get(environment, access_token, 'v4/users/self')).status, 200);
  },

  async 'a revoked token is of no use'({ environment }) {
    const config = await discover(environment, 'supply');
    const tokens = await logIn(config, environment);
    await client.tokenRevocation(config, tokens.refresh_token, { token_type_hint: 'refresh_token' });
    assert.equal((await get(environment, tokens.access_token, 'v4/users/self')).status, 401);
    await refused(client.refreshTokenGrant(config, tokens.refresh_token), 'invalid_grant', 400);
    await client.tokenRevocation(config, tokens.refresh_token);
  },

  async 'a code is good once, with its own verifier'({ environment }) {
    const config = await discover(environment, 'supply');
    const { url, checks } = await visit(config, environment);
    const other = { ...checks, pkceCodeVerifier: client.randomPKCECodeVerifier() };
    await refused(client.authorizationCodeGrant(config, url, other), 'invalid_grant', 400);
    const tokens = await client.authorizationCodeGrant(config, url, checks);
    await refused(client.authorizationCodeGrant(config, url, checks), 'invalid_grant', 400);
    assert.equal((await get(environment, tokens.access_token, 'v4/users/self')).status, 401);
  },

  async 'an answer to another request is noticed'({ environment }) {
    const config = await discover(environment, 'supply');
    const [one, two] = [await visit(config, environment), await visit(config, environment)];
    await assert.rejects(client.authorizationCodeGrant(config, one.url, two.checks), (thrown) => /state/.test(`${thrown} ${thrown.cause}`));
    const wrongNonce = { ...one.checks, expectedNonce: client.randomNonce() };
    await assert.rejects(client.authorizationCodeGrant(config, one.url, wrongNonce), (thrown) => /nonce/.test(`${thrown} ${thrown.cause}`));
  },

  async 'a user refuses, and wrong requests are told in the redirect'({ environment, order }) {
    const config = await discover(environment, 'supply');
    await order({ next_login: { user: 'pro', answer: 'deny' } });
    await refused(logIn(config, environment), 'access_denied');
    await refused(logIn(config, environment, { scope: 'supply::users.read demand::users.read' }), 'invalid_scope');
    await refused(logIn(config, environment, { audience: 'https://api.example.com' }), 'invalid_request');
    await refused(logIn(config, environment, { prompt: 'none' }), 'login_required');
  },

  async 'an application gets a token of its own'({ environment }) {
    const config = await discover(environment, 'demand');
    const tokens = await client.clientCredentialsGrant(config, { audience: AUDIENCE, scope: 'demand::keywords.read' });
    assert.deepEqual([tokens.refresh_token, tokens.id_token, tokens.scope], [undefined, undefined, 'demand::keywords.read']);
    const found = await get(environment, tokens.access_token, 'v4/keywords/search?searchQuery=car');
    assert.deepEqual([found.status, Array.isArray(found.body.data)], [200, true]);
    await refused(client.clientCredentialsGrant(config, { audience: AUDIENCE, scope: 'demand::nothing' }), 'invalid_scope', 400);
  },

  async 'a wrong audience is told by the API'({ environment }) {
    const config = await discover(environment, 'demand');
    const { access_token } = await client.clientCredentialsGrant(config, { audience: 'urn:other', scope: 'demand::keywords.read' });
    const { status, body } = await get(environment, access_token, 'v4/keywords/search?searchQuery=car');
    assert.deepEqual([status, body.error], [502, 'proxy_oauth_failed']);
  },

  async 'clients that may not are refused'({ environment }) {
    const wrong = await discover(environment, 'demand', 'not-the-secret');
    await refused(client.clientCredentialsGrant(wrong, { audience: AUDIENCE, scope: 'demand::keywords.read' }), 'invalid_client', 401);
    const supply = await discover(environment, 'supply');
    await refused(client.clientCredentialsGrant(supply, { audience: AUDIENCE, scope: 'supply::users.read' }), 'unauthorized_client', 400);
  },

  async 'new keys are fetched when they come'({ environment, order }) {
    const config = await discover(environment, 'supply');
    await logIn(config, environment);
    await order({ rotate_keys: true });
    // Keys are not asked for again within a minute of the last time, so the client begins anew.
    const tokens = await logIn(await discover(environment, 'supply'), environment);
    assert.ok(tokens.claims().sub);
  },
};

let failed = 0;
for (const [name, flow] of Object.entries(flows)) {
  try {
    await flow(await newWorld());
    console.log(`ok: ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${name}\n`, error);
  }
}
console.log(`${Object.keys(flows).length} flows, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
