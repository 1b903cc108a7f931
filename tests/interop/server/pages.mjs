// The pages of a login, as plain as they can be.

const escape = (text) => text.replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);

const page = (title, content) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title></head>
<body>
<form action="/search"><input type="search" name="q" placeholder="Search this site"><button>Search</button></form>
<h1>${title}</h1>
${content}
</body>
</html>
`;

export const loginPage = (uid, token, complaint = '') => page('Who are you?', `
<p>${escape(complaint)}</p>
<form method="post" action="${uid}/enter">
  <input type="hidden" name="form_token" value="${escape(token)}">
  <label>E-mail <input type="email" name="who" autocomplete="username" required></label>
  <label>Pass phrase <input type="password" name="pass_phrase" autocomplete="current-password" required></label>
  <label><input type="checkbox" name="stay"> Stay logged in</label>
  <button type="submit">Go on</button>
</form>`);

export const consentPage = (uid, token, scope) => page('Do you agree?', `
<ul>${(scope ?? '').split(' ').map((word) => `<li>${escape(word)}</li>`).join('')}</ul>
<form method="post" action="${uid}/answer">
  <input type="hidden" name="form_token" value="${escape(token)}">
  <button type="submit" name="decision" value="allow">Allow</button>
  <button type="submit" name="decision" value="deny">Deny</button>
</form>`);
