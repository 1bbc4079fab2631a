// The TypeScript client, version 1, signs in: `typescript_v1_oauth.mjs <document|registration> <url> <issuer>`. It asks for
// what the last challenge names and nothing else: with its token to write it reads no more, until it is told again.
import assert from 'node:assert/strict';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import * as check from './oauth.mjs';

const [way, url, issuer] = process.argv.slice(2);
const wallet = new check.Wallet(way);
const { fetch, exchanges } = check.witness();
const newTransport = () => new StreamableHTTPClientTransport(new URL(url), { authProvider: wallet, fetch });
const newClient = () => new Client({ name: 'typescript', version: '1.32.2' });
const file = { path: `v1-${way}.txt`, text: 'Written by who may.' };

let transport = newTransport();
await assert.rejects(newClient().connect(transport), UnauthorizedError);
check.challenged(exchanges[0].challenge, url, { error: undefined, scope: 'files:read' });
await signIn();
transport = newTransport();
const client = newClient();
await client.connect(transport);

assert.ok(!(await call('list_files')).isError, 'list_files failed');
await isTold('write_file', file, 'files:write');
assert.ok(!(await call('write_file', file)).isError, 'write_file failed');
await isTold('read_file', { path: file.path }, 'files:read');
assert.equal((await call('read_file', { path: file.path })).content[0].text, file.text);
const { structuredContent: who } = await call('whoami');
const { client_id: id } = wallet.kept.client;
assert.deepEqual(who, { issuer, subject: 'ada', client: id, scopes: ['files:read'] });
await transport.terminateSession();
await client.close();

const requests = (await check.asked(issuer, '/auth')).filter(({ asked }) => asked.client_id === id);
assert.deepEqual(requests.map(({ asked }) => asked.scope), ['files:read', 'files:write', 'files:read']);
const grants = (await check.asked(issuer, '/token')).filter(({ asked }) => asked.client_id === id);
assert.deepEqual(grants.map(({ asked }) => asked.grant_type), Array(3).fill('authorization_code'));
for (const { asked } of [...requests, ...grants]) assert.equal(asked.resource, url);
console.log(`typescript_v1_oauth ${way}: ok`);

/** A call is refused for what its token lacks, and the client signs in for that. */
async function isTold(name, args, scope) {
  exchanges.length = 0;
  await assert.rejects(call(name, args), UnauthorizedError);
  const refused = exchanges.find(({ line }) => line === 'POST /mcp 403');
  check.challenged(refused.challenge, url, { error: 'insufficient_scope', scope });
  await signIn();
}

async function signIn() {
  await transport.finishAuth((await wallet.agreed()).get('code'));
}

function call(name, args = {}) {
  return client.callTool({ name, arguments: args });
}
