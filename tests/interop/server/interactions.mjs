// What happens between an authorization request and its answer: a login by redirects alone, or pages with forms.

import { randomBytes } from 'node:crypto';

import { consentPage, loginPage } from './pages.mjs';

const MOST_BODY = 16 * 1024;

/** Middleware below `/login/`; `login` says which way: `automatic` or `pages`. */
export function createInteractions({ provider, login, data }) {
  const rooms = login === 'pages' ? pages({ provider, data }) : automatic({ provider, data });
  return async (ctx, next) => {
    const [, uid, room = ''] = /^\/login\/([\w-]+)(?:\/(\w+))?$/.exec(ctx.path) ?? [];
    const answer = uid && rooms[`${ctx.method} ${room}`];
    if (!answer) return next();
    return answer(ctx, uid);
  };
}

/** The first user is logged in and agrees, over a relative redirect and with a cookie that belongs to this login only. */
function automatic({ provider, data }) {
  return {
    'GET ': (ctx, uid) => {
      ctx.cookies.set('seat', uid, { path: `/login/${uid}`, signed: false });
      ctx.status = 302;
      ctx.set('location', `${uid}/enter`);
    },
    'GET enter': async (ctx, uid) => {
      if (ctx.cookies.get('seat', { signed: false }) !== uid) ctx.throw(400, 'the cookie of this login is missing');
      const details = await provider.interactionDetails(ctx.req, ctx.res);
      const { userID } = data.users.get('pro');
      await finish(provider, ctx, { login: { accountId: userID }, consent: await agree(provider, details, userID) });
    },
  };
}

/** A page that asks who it is, and a page that asks for consent. */
function pages({ provider, data }) {
  const show = (ctx, uid, page) => {
    const token = randomBytes(12).toString('base64url');
    ctx.cookies.set('form', token, { path: `/login/${uid}`, signed: false, overwrite: true });
    ctx.type = 'html';
    ctx.body = page(token);
  };
  const form = async (ctx) => {
    const fields = new URLSearchParams(await read(ctx.req));
    const token = ctx.cookies.get('form', { signed: false });
    if (!token || fields.get('form_token') !== token) ctx.throw(403, 'the form is not one of ours');
    return fields;
  };
  return {
    'GET ': async (ctx, uid) => {
      const { prompt, params } = await provider.interactionDetails(ctx.req, ctx.res);
      show(ctx, uid, (token) => (prompt.name === 'login' ? loginPage(uid, token) : consentPage(uid, token, params.scope)));
    },
    'POST enter': async (ctx, uid) => {
      const fields = await form(ctx);
      const user = data.userByLogin(fields.get('who'), fields.get('pass_phrase'));
      if (!user) return show(ctx, uid, (token) => loginPage(uid, token, 'That is nobody we know.'));
      return finish(provider, ctx, { login: { accountId: user.userID } });
    },
    'POST answer': async (ctx) => {
      const fields = await form(ctx);
      const details = await provider.interactionDetails(ctx.req, ctx.res);
      if (fields.get('decision') !== 'allow') return finish(provider, ctx, { error: 'access_denied', error_description: 'the user said no' });
      return finish(provider, ctx, { consent: await agree(provider, details, details.session.accountId) });
    },
  };
}

async function finish(provider, ctx, result) {
  await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: true });
  ctx.respond = false;
}

/** The user agrees to all that was asked for and can be had. */
async function agree(provider, { params, prompt, grantId }, accountId) {
  const known = grantId && (await provider.Grant.find(grantId));
  const grant = known ?? new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(prompt.details.missingOIDCScope?.join(' ') ?? params.scope ?? '');
  return { grantId: await grant.save() };
}

async function read(request) {
  const pieces = [];
  let length = 0;
  for await (const piece of request) {
    length += piece.length;
    if (length > MOST_BODY) throw new Error('the form is too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
