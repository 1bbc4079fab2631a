// The TypeScript client, version 2: `typescript.mjs <mode> <url>`, or `typescript.mjs <mode> <command> <argument>..` over
// stdio. A mode is `auto`, `modern`, `legacy`, or a revision to offer.
import assert from 'node:assert/strict';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import * as check from './checks.mjs';

const [mode, target, ...args] = process.argv.slice(2);
const { revision, options } = {
  auto: { revision: '2026-07-28', options: { versionNegotiation: { mode: 'auto' } } },
  modern: { revision: '2026-07-28', options: { versionNegotiation: { mode: { pin: '2026-07-28' } } } },
  legacy: { revision: '2025-11-25', options: {} },
}[mode] ?? { revision: mode, options: { supportedProtocolVersions: [mode] } };
const era = revision < '2026-07-28' ? 'legacy' : 'modern';
const http = target.startsWith('http:');

const { fetch, exchanges } = check.recorder();
const transport = http
  ? new StreamableHTTPClientTransport(new URL(target), { fetch })
  : new StdioClientTransport({ command: target, args });
const client = new Client({ name: 'typescript', version: '2.4.0' }, options);
const logged = [];
const heard = new check.Heard();
const problems = [];
client.setNotificationHandler('notifications/message', ({ params }) => logged.push([params.level, params.data]));
for (const method of check.NOTIFICATIONS) {
  client.setNotificationHandler(method, ({ params }) => heard.push(method, params));
}
client.onerror = (error) => problems.push(error);

await client.connect(transport);
assert.equal(client.getProtocolEra(), era);
assert.equal(client.getNegotiatedProtocolVersion(), revision);
assert.equal(typeof transport.sessionId, http && era === 'legacy' ? 'string' : 'undefined', 'the session id');
assert.ok(client.getServerVersion().name, 'the server has no name');
const { tools, resources, prompts, completions } = client.getServerCapabilities();
assert.ok(tools && prompts && completions, 'the server does not say what it offers');
assert.deepEqual(resources, { subscribe: true, listChanged: true });

const call = (params, options) => client.callTool(params, options);
if (era === 'modern') await headers();
await check.listing(client, revision);
await check.content(call, revision);
await check.progress(call);
await check.errors(call);
await check.logging(callAt, logged);
await check.resources(client, revision);
await check.absent(client);
await check.prompts(client, revision);
await check.refusals(client);
await check.completion(client, revision);
if (era === 'modern') await check.listening(client, call, heard);
if (era === 'modern') await missingCapability();
if (era === 'legacy') await check.subscriptions(client, call, heard);
if (era === 'legacy') await client.ping();
if (http) await check.reconnection(call, exchanges, revision);

const { sessionId } = transport;
if (http) await transport.terminateSession();
await client.close();
if (sessionId) await check.ended(target, sessionId, revision);
heard.nothing();
assert.deepEqual(problems, [], 'what the client complained of');
console.log(`typescript ${mode}: ok`);

/** Arguments that are mirrored in headers: not known before the list, then in any script. */
async function headers() {
  for (const region of ['eu-west', 'Zürich', ' padded ', '=?base64?SGVsbG8=?=']) {
    const result = await call({ name: 'test_x_mcp_header', arguments: { region } });
    assert.ok(!result.isError, `the region ${JSON.stringify(region)}`);
  }
}

/** The level is a setting of the session in the one era, and of each request in the other. */
async function callAt(level) {
  const name = 'test_tool_with_logging';
  if (era === 'modern') return call({ name, _meta: { 'io.modelcontextprotocol/logLevel': level } });
  await client.setLoggingLevel(level);
  return call({ name });
}

/** A tool that needs what this client doesn't offer says so, in the way the client can read. */
async function missingCapability() {
  await assert.rejects(call({ name: 'test_missing_capability' }), (error) => {
    assert.equal(error.code, -32021);
    assert.deepEqual(error.data.requiredCapabilities, { sampling: {} });
    return true;
  });
}
