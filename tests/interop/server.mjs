// Starts two environments and says where they are: one line of JSON on stdout, with the variables that
// `project/tacktest.yaml` reads. Ends on SIGTERM, SIGINT, or the end of stdin with `--until-stdin-ends`.

import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { startEnvironment } from './server/environment.mjs';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'production-port': { type: 'string', default: '0' },
    'write-env': { type: 'string' },
    certificate: { type: 'string' },
    key: { type: 'string' },
    'until-stdin-ends': { type: 'boolean', default: false },
  },
});

const given = process.env;
const tls = values.certificate && { cert: await readFile(values.certificate), key: await readFile(values.key) };
const staging = await startEnvironment({ name: 'staging', port: Number(values.port), login: 'pages', gated: true, given, tls });
const production = await startEnvironment({ name: 'production', port: Number(values['production-port']), login: 'automatic', gated: false, given, tls });

function stop() {
  staging.stop();
  production.stop();
  process.exit(0);
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
if (values['until-stdin-ends']) process.stdin.on('end', stop).on('error', stop).resume();

const variables = { ...staging.variables, ...production.variables };
if (values['write-env']) {
  const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`);
  await writeFile(values['write-env'], lines.join(''), { mode: 0o600 });
}
console.log(JSON.stringify(variables));
