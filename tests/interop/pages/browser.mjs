// Chromium at the pages of a login: with scripts and without, by mouse and by keyboard, and looked over by axe-core.
//
// `TACKTEST_MOCK` is the root URL of a mock, `TACKTEST_SCREENSHOTS` a folder for pictures, `CHROMIUM` the browser.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

const root = process.env.TACKTEST_MOCK;
const pictures = process.env.TACKTEST_SCREENSHOTS;
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SCOPE = 'openid email offline_access supply::users.read';
const [PRO, CUSTOMER] = ['pro', 'customer'].map((name) => ({ email: `${name}@example.com`, password: `mock-${name}-password` }));

/** The partner's own site, to which users come back. */
async function startPartner() {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<!doctype html><html lang="en"><title>Partner</title><h1>Back at the partner</h1></html>');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, callback: `http://127.0.0.1:${server.address().port}/callback` };
}

/** A world of one's own whose logins have pages. */
async function newWorld() {
  const body = JSON.stringify({ settings: { login: 'pages' } });
  const answer = await fetch(`${root}/control/worlds`, { method: 'POST', body });
  assert.equal(answer.status, 201);
  return (await answer.json()).staging;
}

/** One visit of a user with a browser window of their own. */
class Visit {
  constructor(page, environment, callback) {
    Object.assign(this, { page, environment, callback, complaints: [] });
    // A wrong password and a page that is over are told by their status, which the console repeats.
    const expected = /status of (410|422|500)|favicon/;
    page.on('console', (message) => message.type() === 'error' && !expected.test(message.text()) && this.complaints.push(message.text()));
    page.on('pageerror', (error) => this.complaints.push(String(error)));
  }

  async ask(more = {}) {
    const query = new URLSearchParams({
      response_type: 'code', client_id: this.environment.clients.supply.id, redirect_uri: this.callback,
      scope: SCOPE, audience: 'urn:partner-api', state: 'a-state-of-the-partner', ...more,
    });
    await this.page.goto(`${this.environment.authorize_url}?${query}`);
  }

  async logIn({ email, password } = PRO, stay = false) {
    await this.page.getByLabel('E-mail address').fill(email);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    if (stay) await this.page.getByLabel('Keep me logged in').check();
    await this.press('Log in');
  }

  async press(name) {
    await this.page.getByRole('button', { name, exact: true }).click();
    await this.page.waitForLoadState();
  }

  async isAt(title) {
    assert.equal(await this.page.title(), title);
  }

  /** What the partner was told. */
  async isBack() {
    await this.isAt('Partner');
    const url = new URL(this.page.url());
    assert.equal(url.origin + url.pathname, this.callback);
    assert.equal(url.searchParams.get('state'), 'a-state-of-the-partner');
    return Object.fromEntries(url.searchParams);
  }

  /** The names of what the tabulator key comes to, in its order, and that each shows it. */
  async tabulate(count) {
    const names = [];
    for (let index = 0; index < count; index += 1) {
      await this.page.keyboard.press('Tab');
      const { name, outline } = await this.page.evaluate(() => {
        const it = document.activeElement;
        return { name: it.id || it.textContent.trim(), outline: getComputedStyle(it).outlineStyle };
      });
      assert.notEqual(outline, 'none', `${name} does not show that it has the focus`);
      names.push(name);
    }
    return names;
  }

  /** Looks a page over: axe-core finds nothing, and 320 pixels are wide enough (WCAG 1.4.10). */
  async look(name) {
    const { page } = this;
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(`${axe};0`);
      const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
      const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
      assert.deepEqual(told, [], `${name}, ${colorScheme}`);
      assert.ok(passes.length > 10, `axe-core looked at ${passes.length} rules only`);
      if (pictures) await page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`), fullPage: true });
    }
    const size = page.viewportSize();
    await page.setViewportSize({ width: 320, height: 640 });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (pictures) await page.screenshot({ path: join(pictures, `${name}-narrow.png`), fullPage: true });
    assert.ok(width <= 320, `${name} is ${width} pixels wide`);
    await page.setViewportSize(size);
  }
}

/** What holds with scripts and without. */
const always = {
  async 'a user logs in and approves'(visit) {
    await visit.ask();
    await visit.isAt('Log in – staging');
    await visit.logIn();
    await visit.isAt('Connect Example Supply Partner – staging');
    await visit.press('Approve');
    const { code, scope } = await visit.isBack();
    assert.match(code, /^ory_ac_/);
    assert.deepEqual(scope.split(' ').sort(), SCOPE.split(' ').sort());
  },

  async 'a user grants a part'(visit) {
    await visit.ask();
    await visit.logIn(CUSTOMER);
    await visit.page.getByLabel('See your e-mail address').first().uncheck();
    await visit.page.getByLabel('Keep its access').uncheck();
    assert.ok(await visit.page.getByLabel('Know which account is yours').isDisabled());
    await visit.press('Approve');
    assert.equal((await visit.isBack()).scope, 'openid supply::users.read');
  },

  async 'a user refuses on either page'(visit) {
    await visit.ask();
    await visit.press('Cancel');
    assert.equal((await visit.isBack()).error, 'access_denied');
    await visit.ask();
    await visit.logIn();
    await visit.press('Deny');
    const { error, error_description } = await visit.isBack();
    assert.deepEqual([error, error_description], ['access_denied', 'The resource owner denied the request']);
  },

  async 'a wrong password is told, and another try is good'(visit) {
    await visit.ask({ login_hint: PRO.email });
    assert.equal(await visit.page.getByLabel('E-mail address').inputValue(), PRO.email);
    await visit.logIn({ ...PRO, password: 'wrong' });
    await visit.isAt('Error: Log in – staging');
    const alert = visit.page.getByRole('alert');
    assert.match(await alert.innerText(), /You are not logged in/);
    assert.equal(await visit.page.getByLabel('Password', { exact: true }).inputValue(), '');
    await alert.getByRole('link').click();
    await visit.page.keyboard.press('Tab');
    assert.equal(await visit.page.evaluate(() => document.activeElement.id), 'password', 'the link leads to the fields');
    await visit.logIn();
    await visit.press('Approve');
    assert.ok((await visit.isBack()).code);
  },

  async 'a user who stays logged in and need not be asked again sees no page'(visit) {
    await visit.ask();
    await visit.logIn(PRO, true);
    await visit.page.getByLabel('Do not ask me again').check();
    await visit.press('Approve');
    const { code } = await visit.isBack();
    await visit.ask({ prompt: 'none' });
    assert.notEqual((await visit.isBack()).code, code);
    await visit.ask({ prompt: 'login' });
    await visit.isAt('Log in – staging');
    await visit.ask({ prompt: 'consent' });
    await visit.isAt('Connect Example Supply Partner – staging');
  },

  async 'a page that was answered is over'(visit) {
    await visit.ask();
    const url = visit.page.url();
    await visit.logIn();
    await visit.page.goto(url);
    await visit.isAt('This page is over');
  },

  async 'the keyboard is enough'(visit) {
    const { page } = visit;
    await visit.ask();
    assert.deepEqual(await visit.tabulate(5), ['email', 'password', 'remember', 'Log in', 'Cancel']);
    for (let index = 0; index < 4; index += 1) await page.keyboard.press('Shift+Tab');
    await page.keyboard.type(PRO.email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(PRO.password);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/oauth/connect?*');
    assert.deepEqual(await visit.tabulate(6), ['scope-2', 'scope-3', 'scope-4', 'remember', 'Approve', 'Deny']);
    for (let index = 0; index < 5; index += 1) await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Space');
    await visit.tabulate(4);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${visit.callback}?*`);
    assert.equal((await visit.isBack()).scope, 'openid offline_access supply::users.read');
  },
};

/** What is looked at by a script of the test's own. */
const withScripts = {
  async 'every page is accessible'(visit) {
    const { page, environment } = visit;
    await visit.ask();
    await visit.look('login');
    await visit.logIn({ ...PRO, password: 'wrong' });
    const focused = await page.evaluate(() => document.activeElement.getAttribute('role'));
    assert.equal(focused, 'alert', 'what is wrong is read first');
    await visit.look('login-wrong');
    await visit.logIn();
    await visit.look('consent');
    const url = page.url();
    await visit.press('Approve');
    await page.goto(url);
    await visit.look('over');
    await page.goto(`${environment.authorize_url}?client_id=nobody`);
    await visit.isAt('An OAuth 2.0 Error Occurred');
    await visit.look('error');
  },
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
});
const { server, callback } = await startPartner();
let [count, failed] = [0, 0];
for (const [javaScriptEnabled, flows] of [[false, always], [true, { ...always, ...withScripts }]]) {
  for (const [name, flow] of Object.entries(flows)) {
    const context = await browser.newContext({ javaScriptEnabled });
    context.setDefaultTimeout(10_000);
    const visit = new Visit(await context.newPage(), await newWorld(), callback);
    const shown = `${name}, ${javaScriptEnabled ? 'with' : 'without'} scripts`;
    count += 1;
    try {
      await flow(visit);
      assert.deepEqual(visit.complaints, []);
      console.log(`ok: ${shown}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED: ${shown}\n`, error, '\n', visit.page.url());
    }
    await context.close();
  }
}
await browser.close();
server.close();
console.log(`${count} flows, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
