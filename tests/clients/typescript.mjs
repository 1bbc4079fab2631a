// The TypeScript client, version 2: `typescript.mjs <url> <auto|legacy|modern|2025-06-18|2025-03-26>`.
import assert from 'node:assert/strict';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import * as check from './checks.mjs';

const [url, mode] = process.argv.slice(2);
const { revision, options } = {
  auto: { revision: '2026-07-28', options: { versionNegotiation: { mode: 'auto' } } },
  modern: { revision: '2026-07-28', options: { versionNegotiation: { mode: { pin: '2026-07-28' } } } },
  legacy: { revision: '2025-11-25', options: {} },
}[mode] ?? { revision: mode, options: { supportedProtocolVersions: [mode] } };
const era = revision < '2026-07-28' ? 'legacy' : 'modern';

const transport = new StreamableHTTPClientTransport(new URL(url));
const client = new Client({ name: 'typescript', version: '2.4.0' }, options);
const logged = [];
const problems = [];
client.setNotificationHandler('notifications/message', ({ params }) => logged.push([params.level, params.data]));
client.onerror = (error) => problems.push(error);

await client.connect(transport);
assert.equal(client.getProtocolEra(), era);
assert.equal(client.getNegotiatedProtocolVersion(), revision);
assert.equal(typeof transport.sessionId, era === 'modern' ? 'undefined' : 'string', 'the session id');
assert.ok(client.getServerVersion().name, 'the server has no name');
assert.ok(client.getServerCapabilities().tools, 'the server offers no tools');

const call = (params, options) => client.callTool(params, options);
if (era === 'modern') await headers();
await check.listing(client, revision);
await check.content(call, revision);
await check.progress(call);
await check.errors(call);
await check.logging(callAt, logged);
if (era === 'modern') await missingCapability();
if (era === 'legacy') await client.ping();

const { sessionId } = transport;
await transport.terminateSession();
await client.close();
if (sessionId) await check.ended(url, sessionId, revision);
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
