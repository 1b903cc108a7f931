// A small partner API: tokens and scopes checked at every operation, refusals as problem documents (RFC 9457).

import { randomBytes } from 'node:crypto';

import { operations } from './operations.mjs';
import { invalid, Problem } from './problem.mjs';

const MOST_BODY = 256 * 1024;

const unauthorized = (detail, challenge) =>
  new Problem(401, 'Unauthorized', detail, { headers: { 'www-authenticate': challenge } });

export function createApi({ data, findToken }) {
  return async (request, response) => {
    try {
      const { status = 200, body } = await answer(request, data, findToken);
      send(response, status, 'application/json', body);
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem(500, 'Internal Server Error');
      if (problem !== error) console.error(error);
      const document = { ...problem.document, traceID: randomBytes(8).toString('hex') };
      send(response, problem.status, 'application/problem+json', document, problem.headers);
    }
  };
}

async function answer(request, data, findToken) {
  if (/%(?![0-9a-f]{2})/i.test(request.url)) throw new Problem(400, 'Bad Request', 'the URL is not well formed');
  const url = new URL(request.url, 'http://api.invalid');
  const operation = find(request.method, url.pathname.slice('/api'.length));
  const token = await authenticate(request.headers.authorization, findToken);
  if (!operation.scopes.some((scope) => token.scopes.has(scope))) {
    const needed = operation.scopes.join(' or ');
    throw unauthorized(`this operation needs the scope ${needed}`, `Bearer error="insufficient_scope", scope="${operation.scopes.join(' ')}"`);
  }
  const user = token.userID && data.userByID(token.userID);
  const json = request.method === 'POST' ? await readJson(request) : undefined;
  return operation.run({ data, user, query: url.searchParams, json, id: operation.id });
}

function find(method, path) {
  const here = operations.flatMap((operation) => {
    const found = operation.path.exec(path);
    return found ? [{ ...operation, id: found[1] }] : [];
  });
  if (here.length === 0) throw new Problem(404, 'Not Found', 'there is no such operation');
  const operation = here.find((one) => one.method === method);
  if (!operation) {
    const allow = here.map((one) => one.method).join(', ');
    throw new Problem(405, 'Method Not Allowed', `this operation is ${allow}`, { headers: { allow } });
  }
  return operation;
}

async function authenticate(header, findToken) {
  const [, value] = /^bearer +(\S+)$/i.exec(header ?? '') ?? [];
  if (!value) throw unauthorized('a bearer token is needed', 'Bearer');
  const token = await findToken(value);
  if (!token) throw unauthorized('invalid token. failure reason(s): [token is not active]', 'Bearer error="invalid_token"');
  return token;
}

async function readJson(request) {
  const pieces = [];
  let length = 0;
  for await (const piece of request) {
    length += piece.length;
    if (length > MOST_BODY) throw new Problem(413, 'Content Too Large');
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    throw invalid('the body is no JSON');
  }
}

function send(response, status, type, body, headers = {}) {
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(JSON.stringify(body));
}
