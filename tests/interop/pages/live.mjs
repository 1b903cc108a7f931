// Chromium at the live page of the mock: with scripts and without, and looked over by axe-core.
//
// `TACKTEST_MOCK` is the root URL of a mock, `TACKTEST_SCREENSHOTS` a folder for pictures, `CHROMIUM` the browser.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

const root = process.env.TACKTEST_MOCK;
const pictures = process.env.TACKTEST_SCREENSHOTS;
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A world of one's own that has seen a refused request. */
async function newWorld() {
  const answer = await fetch(`${root}/control/worlds`, { method: 'POST', body: '{}' });
  assert.equal(answer.status, 201);
  const world = await answer.json();
  await fetch(`${world.staging.api}v4/users/self`);
  return { ...world, live: `${root}/worlds/${world.id}/_mock/` };
}

/** Looks the page over: axe-core finds nothing in either scheme, and 320 pixels are wide enough (WCAG 1.4.10). */
async function look(page, name) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(`${axe};0`);
    const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), [], `${name}, ${colorScheme}`);
    assert.ok(passes.length > 10, `axe-core looked at ${passes.length} rules only`);
    await page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`), fullPage: true });
  }
  const size = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 600 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 320, `${name} is ${width} pixels wide`);
  await page.setViewportSize(size);
}

const always = {
  async 'a refusal is shown with its reason, and found by its status'(page, world) {
    await page.goto(world.live);
    await page.getByText('there is no Authorization header').waitFor();
    await page.getByLabel('Status', { exact: true }).first().selectOption('3xx');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText('Nothing yet that fits.').waitFor();
  },
  async 'the clock is moved by a form'(page, world) {
    await page.goto(world.live);
    await page.getByLabel('Forward by').fill('48');
    await page.getByRole('button', { name: 'Move' }).click();
    await page.getByText('The order was carried out.').waitFor();
    const told = await page.locator('header time').getAttribute('datetime');
    assert.ok(Date.parse(told) - Date.now() > 47 * 3_600_000, told);
  },
  async 'a fault is planted by a form, and a wrong one refused'(page, world) {
    await page.goto(world.live);
    await page.getByLabel('At METHOD PATH').fill('GET /v4/users/self');
    await page.getByRole('button', { name: 'Plant' }).click();
    await page.getByText('The order was carried out.').waitFor();
    assert.equal((await fetch(`${world.staging.api}v4/users/self`)).status, 500);
    await page.getByLabel('At METHOD PATH').fill('nonsense');
    await page.getByRole('button', { name: 'Plant' }).click();
    await page.getByRole('alert').waitFor();
  },
};

const withScripts = {
  async 'a request is shown as it comes, unless paused'(page, world) {
    await page.goto(world.live);
    await fetch(`${world.staging.api}v4/first`);
    await page.getByText('GET /api/v4/first').waitFor();
    assert.equal(await page.locator('#news').textContent(), '1 new entry');
    await page.getByRole('button', { name: 'Pause' }).click();
    await fetch(`${world.staging.api}v4/second`);
    await page.waitForTimeout(300);
    assert.equal(await page.getByText('GET /api/v4/second').count(), 0);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('GET /api/v4/second').waitFor();
    assert.equal(await page.locator('#rows tr').count(), 3);
  },
  async 'the page is accessible'(page, world) {
    const { supply } = world.staging.clients;
    const query = new URLSearchParams({ response_type: 'code', client_id: supply.id, state: '12345678', scope: 'supply::users.read' });
    await fetch(`${world.staging.authorize_url}?${query}`, { redirect: 'manual' });
    await page.goto(world.live);
    await page.getByText('Details').first().click();
    await look(page, 'live');
    await page.getByRole('link', { name: 'grant 1' }).click();
    await page.getByRole('heading', { name: 'Grant 1 of staging, step by step' }).waitFor();
    await look(page, 'live-grant');
  },
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
});
let [count, failed] = [0, 0];
for (const [javaScriptEnabled, flows] of [[false, always], [true, { ...always, ...withScripts }]]) {
  for (const [name, flow] of Object.entries(flows)) {
    const context = await browser.newContext({ javaScriptEnabled });
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    // A refused order is told by its status, which the console repeats.
    const expected = /status of 422|favicon/;
    page.on('console', (message) => message.type() === 'error' && !expected.test(message.text()) && complaints.push(message.text()));
    const shown = `${name}, ${javaScriptEnabled ? 'with' : 'without'} scripts`;
    count += 1;
    try {
      await flow(page, await newWorld());
      assert.deepEqual(complaints, []);
      console.log(`ok: ${shown}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED: ${shown}\n`, error, '\n', page.url());
    }
    await context.close();
  }
}
await browser.close();
console.log(`${count} flows, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
