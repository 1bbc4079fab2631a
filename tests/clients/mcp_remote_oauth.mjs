// mcp-remote signs in for a client that can't: `mcp_remote_oauth.mjs <legacy|auto> <url> <issuer>`. It opens a browser, which
// is here; and it does so again when a call needs more than its token allows, while the call waits.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import * as check from './oauth.mjs';

const [protocol, url, issuer] = process.argv.slice(2);
const remote = fileURLToPath(new URL('node_modules/.bin/mcp-remote', import.meta.url));
const PAGE = /Please authorize this client by visiting:\n(\S+)\n/g;

// It keeps its tokens in a folder.
const home = mkdtempSync(join(tmpdir(), 'mcp-remote-'));
process.on('exit', () => rmSync(home, { recursive: true, force: true }));
const env = { MCP_REMOTE_CONFIG_DIR: home, ...check.browserless(home) };

let printed = '';
process.on('exit', (code) => code && console.error(printed));
const opened = [];
const problems = [];
const file = { path: `mcp-remote-${protocol}.txt`, text: 'Written by who may.' };

// It reads, and signs in again to write.
let client = await connect();
assert.deepEqual((await client.listTools()).tools.map(({ name }) => name).sort(), ['list_files', 'read_file', 'whoami']);
assert.ok(!(await call('list_files')).isError, 'list_files failed');
assert.ok(!(await call('write_file', file)).isError, 'write_file failed');
assert.equal((await call('read_file', { path: file.path })).content[0].text, file.text);
const { structuredContent: who } = await call('whoami');
await client.close();
const READS = 'files:read offline_access', WRITES = 'files:read files:write offline_access';
assert.deepEqual(opened.map((page) => check.scopes(page.get('scope'))), [READS, WRITES]);

// Its next start needs nobody.
client = await connect();
assert.deepEqual((await call('whoami')).structuredContent, who);
await client.close();
assert.equal(opened.length, 2, 'it signed in again');

// One that is told the scopes asks for all of them at once.
env.MCP_REMOTE_CONFIG_DIR = join(home, 'pinned');
client = await connect('--static-oauth-client-metadata', '{ "scope": "files:read files:write" }');
assert.ok(!(await call('write_file', file)).isError, 'write_file failed');
await client.close();
assert.deepEqual(opened.slice(2).map((page) => check.scopes(page.get('scope'))), ['files:read files:write']);

// What the authorization server was asked for.
const [id, pinned] = opened.slice(1).map((page) => page.get('client_id'));
assert.deepEqual({ ...who, scopes: who.scopes.sort() }, {
  issuer,
  subject: 'ada',
  client: id,
  scopes: ['files:read', 'files:write'],
});
const registrations = await check.asked(issuer, '/reg');
assert.deepEqual(registrations.map(({ answer }) => answer.client_id), [id, pinned]);
const grants = await check.asked(issuer, '/token');
assert.deepEqual(grants.map(({ asked }) => [asked.client_id, asked.grant_type, asked.resource]), [
  [id, 'authorization_code', url],
  [id, 'authorization_code', url],
  [pinned, 'authorization_code', url],
]);
for (const page of opened) {
  assert.equal(page.get('resource'), url);
  assert.equal(page.get('code_challenge_method'), 'S256');
}
assert.deepEqual(problems, [], 'what went wrong');
console.log(`mcp_remote_oauth ${protocol}: ok`);

async function connect(...options) {
  const args = [remote, url, '--protocol', protocol, ...options];
  const transport = new StdioClientTransport({ command: process.execPath, args, env, stderr: 'pipe' });
  let said = '';
  transport.stderr.on('data', (data) => {
    printed += data;
    said = browse(said + data);
  });
  const client = new Client({ name: 'typescript', version: '2.4.0' });
  client.onerror = (error) => problems.push(error);
  await client.connect(transport);
  return client;
}

/** Opens each page that is to be opened, and gives what is said after the last. */
function browse(said) {
  return said.replaceAll(PAGE, (_, page) => {
    opened.push(new URL(page).searchParams);
    new check.Browser().open(page).catch((error) => problems.push(error));
    return '';
  });
}

function call(name, args = {}) {
  return client.callTool({ name, arguments: args });
}
