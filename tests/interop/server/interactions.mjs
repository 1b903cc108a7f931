// What happens between an authorization request and its answer: a login by redirects alone.

/** Middleware below `/login/`. */
export function createInteractions({ provider, login, data }) {
  void login;
  return async (ctx, next) => {
    const [, uid, rest] = /^\/login\/([\w-]+)(\/enter)?$/.exec(ctx.path) ?? [];
    if (!uid) return next();
    if (!rest) {
      // A relative redirect, and a cookie that belongs to this login only.
      ctx.cookies.set('seat', uid, { path: `/login/${uid}`, signed: false });
      ctx.status = 302;
      ctx.set('location', `${uid}/enter`);
      return undefined;
    }
    if (ctx.cookies.get('seat', { signed: false }) !== uid) ctx.throw(400, 'the cookie of this login is missing');
    const details = await provider.interactionDetails(ctx.req, ctx.res);
    const { userID } = data.users.get('pro');
    await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: userID }, consent: await agree(provider, details, userID) });
    ctx.respond = false;
    return undefined;
  };
}

/** The user agrees to all that was asked for and can be had. */
async function agree(provider, { params, prompt, grantId }, accountId) {
  const known = grantId && (await provider.Grant.find(grantId));
  const grant = known ?? new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(prompt.details.missingOIDCScope?.join(' ') ?? params.scope ?? '');
  return { grantId: await grant.save() };
}
