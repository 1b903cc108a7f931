// The web site: pages that links lead to, behind a password where there is a gate, and widgets that are open.

import { timingSafeEqual } from 'node:crypto';

export function createSite({ gate }) {
  const wanted = gate && Buffer.from(`Basic ${Buffer.from(`${gate.user}:${gate.password}`).toString('base64')}`);
  const opens = (header) => {
    const given = Buffer.from(header ?? '');
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  };
  return (request, response) => {
    const isWidget = /^\/www\/embed\/(request-flow|service-page|pro-list)(\?|$)/.test(request.url);
    if (gate && !isWidget && !opens(request.headers.authorization)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="partners only", charset="UTF-8"', 'content-type': 'text/plain' });
      response.end('This site is for partners.\n');
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(`<!doctype html><html lang="en"><title>Interop</title><p>${isWidget ? 'A widget' : 'A page'}.</p></html>\n`);
  };
}
