// The Inspector's command line signs in: `inspector_oauth.mjs <legacy|modern> <url> <issuer>`. Without a user it says by its
// exit code that it would have to; with one it opens a browser, which is here.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as check from './oauth.mjs';

const [era, url, issuer] = process.argv.slice(2);
const INSPECTOR = fileURLToPath(new URL('node_modules/.bin/mcp-inspector', import.meta.url));
const PAGE = /Please navigate to: (\S+)\n/;
const OK = 0, AUTH_REQUIRED = 3, TOOL_ERROR = 5;

// The Inspector keeps its state in the home directory.
const home = mkdtempSync(join(tmpdir(), 'inspector-'));
process.on('exit', () => rmSync(home, { recursive: true, force: true }));
const env = {
  ...check.browserless(home),
  HOME: home,
  MCP_AUTO_OPEN_ENABLED: 'true',
  MCP_INSPECTOR_SECRET_STORE: 'file',
};
const callback = `http://127.0.0.1:${await freePort()}/oauth/callback`;
const opened = [];
let server = ['--server-url', url, '--protocol-era', era];
const file = { path: `inspector-${era}.txt`, text: 'Written by who may.' };

// It signs in to read. What its token doesn't allow isn't listed, and what isn't listed it doesn't call.
await inspect(AUTH_REQUIRED, 'tools/list', '--stored-auth-only');
assert.deepEqual(names(await inspect(OK, 'tools/list')), ['list_files', 'read_file', 'whoami']);
await call(OK, 'list_files', {}, '--stored-auth-only');
await call(TOOL_ERROR, 'write_file', file, '--stored-auth-only');

// Told the scopes, it signs in for all of them.
const oauth = { scopes: 'files:read files:write' };
const config = join(home, 'config.json');
writeFileSync(config, JSON.stringify({ mcpServers: { files: { type: 'streamable-http', url, protocolEra: era, oauth } } }));
server = ['--config', config, '--server', 'files'];
const all = ['delete_file', 'list_files', 'read_file', 'whoami', 'write_file'];
assert.deepEqual(names(await inspect(OK, 'tools/list', '--relogin')), all);
await call(OK, 'write_file', file, '--stored-auth-only');
assert.equal((await call(OK, 'read_file', { path: file.path }, '--stored-auth-only')).content[0].text, file.text);
const { structuredContent: who } = await call(OK, 'whoami', {}, '--stored-auth-only');

// What the authorization server was asked for.
assert.deepEqual(opened.map((page) => check.scopes(page.get('scope'))), [
  'files:read offline_access',
  'files:read files:write offline_access',
]);
assert.deepEqual({ ...who, scopes: who.scopes.sort() }, {
  issuer,
  subject: 'ada',
  client: opened[1].get('client_id'),
  scopes: ['files:read', 'files:write'],
});
for (const page of opened) {
  assert.equal(page.get('resource'), url);
  assert.equal(page.get('code_challenge_method'), 'S256');
}
console.log(`inspector_oauth ${era}: ok`);

function names({ tools }) {
  return tools.map(({ name }) => name).sort();
}

function call(exit, name, args = {}, ...options) {
  return inspect(exit, 'tools/call', '--tool-name', name, '--tool-args-json', JSON.stringify(args), ...options);
}

/** Runs one method and gives its result. Opens the page that the Inspector says is to be opened. */
async function inspect(exit, method, ...options) {
  const args = ['--cli', ...server, '--callback-url', callback, '--format', 'json'];
  const child = spawn(process.execPath, [INSPECTOR, ...args, '--method', method, ...options], { env });
  child.stdin.end();
  let [stdout, said] = ['', ''];
  child.stdout.on('data', (data) => (stdout += data));
  child.stderr.on('data', (data) => {
    said += data;
    const page = said.match(PAGE)?.[1];
    if (!page) return;
    said = said.replace(PAGE, '');
    opened.push(new URL(page).searchParams);
    new check.Browser().open(page).catch((error) => (said += error.stack));
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(status, exit, `${method} ${options.join(' ')}\n${stdout}${said}`);
  return stdout && JSON.parse(stdout).result;
}

function freePort() {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
