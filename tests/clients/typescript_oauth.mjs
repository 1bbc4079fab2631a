// The TypeScript client, version 2, signs in: `typescript_oauth.mjs <auto|modern|legacy> <document|registration> <url>
// <issuer>`. It finds the authorization server, says who it is by its document or by a registration, gets a token that
// reads, and when it is to write one that writes too.
import assert from 'node:assert/strict';
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { CLIENT, DOCUMENT } from './metadata.mjs';
import * as check from './oauth.mjs';

const [mode, way, url, issuer] = process.argv.slice(2);
const { revision, options } = {
  auto: { revision: '2026-07-28', options: { versionNegotiation: { mode: 'auto' } } },
  modern: { revision: '2026-07-28', options: { versionNegotiation: { mode: { pin: '2026-07-28' } } } },
  legacy: { revision: '2025-11-25', options: {} },
}[mode];
const wallet = new check.Wallet(way);
const { fetch, exchanges } = check.witness();
const newTransport = () => new StreamableHTTPClientTransport(new URL(url), { authProvider: wallet, fetch });
const newClient = () => new Client({ name: 'typescript', version: '2.4.0' }, options);

// Nobody is signed in: the server says where, and for what.
let transport = newTransport();
await assert.rejects(newClient().connect(transport), UnauthorizedError);
const [first] = exchanges;
check.challenged(first.challenge, url, { error: undefined, scope: 'files:read' });
await signIn();
assert.deepEqual(lines(), [
  'POST /mcp 401',
  'GET /.well-known/oauth-protected-resource/mcp 200',
  'GET /.well-known/oauth-authorization-server 200',
  ...(way === 'registration' ? ['POST /reg 201'] : []),
  'POST /token 200',
]);

// Who may read, reads.
transport = newTransport();
const client = newClient();
await client.connect(transport);
assert.equal(client.getNegotiatedProtocolVersion(), revision);
assert.deepEqual((await client.listTools()).tools.map(({ name }) => name).sort(), ['list_files', 'read_file', 'whoami']);
const listed = await call('list_files');
assert.ok(!listed.isError, 'list_files failed');
assert.deepEqual([...new Set(lines())], ['POST /mcp 200']);

// Who is to write, asks for that besides, in the session there is.
const file = { path: `${mode}-${way}.txt`, text: 'Written by who may.' };
await assert.rejects(call('write_file', file), UnauthorizedError);
const refused = exchanges.find(({ line }) => line === 'POST /mcp 403');
check.challenged(refused.challenge, url, { error: 'insufficient_scope', scope: 'files:write' });
await signIn();
assert.ok(!(await call('write_file', file)).isError, 'write_file failed');
assert.deepEqual(lines(), ['POST /mcp 403', 'POST /token 200', 'POST /mcp 200']);
assert.equal((await call('read_file', { path: file.path })).content[0].text, file.text);

// A token that is good no more is renewed, and nobody is asked.
wallet.spoil();
const { structuredContent: who } = await call('whoami');
const { client_id: id } = wallet.kept.client;
assert.deepEqual({ ...who, scopes: who.scopes.sort() }, {
  issuer,
  subject: 'ada',
  client: way === 'document' ? DOCUMENT : id,
  scopes: ['files:read', 'files:write'],
});
const [expired] = exchanges.filter(({ line }) => line === 'POST /mcp 401');
check.challenged(expired.challenge, url, { error: 'invalid_token', scope: 'files:read' });
assert.deepEqual(lines(), ['POST /mcp 200', 'POST /mcp 401', 'POST /token 200', 'POST /mcp 200']);
if (mode === 'legacy') await transport.terminateSession();
await client.close();

// What the authorization server was asked for.
const requests = (await check.asked(issuer, '/auth')).filter(({ asked }) => asked.client_id === id);
assert.deepEqual(requests.map(({ asked }) => check.scopes(asked.scope)), [
  'files:read offline_access',
  'files:read files:write offline_access',
]);
for (const { asked } of requests) {
  assert.equal(asked.resource, url);
  assert.equal(asked.code_challenge_method, 'S256');
}
const grants = (await check.asked(issuer, '/token')).filter(({ asked }) => asked.client_id === id);
assert.deepEqual(grants.map(({ asked }) => [asked.grant_type, asked.resource]), [
  ['authorization_code', url],
  ['authorization_code', url],
  ['refresh_token', url],
]);
const registrations = await check.asked(issuer, '/reg');
assert.deepEqual(registrations.map(({ asked }) => asked.client_name), way === 'document' ? [] : [CLIENT.client_name]);
console.log(`typescript_oauth ${mode} ${way}: ok`);

/** The user agrees, and the client gets what it asked for: it sees by `iss` whose answer it is. */
async function signIn() {
  const back = await wallet.agreed();
  assert.equal(back.get('iss'), issuer, 'who has signed the user in');
  await transport.finishAuth(back);
}

function call(name, args = {}) {
  return client.callTool({ name, arguments: args });
}

/** The exchanges since, but for the stream of a session, which may come late, and for what has no answer. */
function lines() {
  const aside = ['GET /mcp 200', 'POST /mcp 202'];
  return exchanges.splice(0).map(({ line }) => line).filter((line) => !aside.includes(line));
}
