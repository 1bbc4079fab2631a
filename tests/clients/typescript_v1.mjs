// The TypeScript client, version 1: `typescript_v1.mjs <url>`.
import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import * as check from './checks.mjs';

const [url] = process.argv.slice(2);
const revision = '2025-11-25';

const transport = new StreamableHTTPClientTransport(new URL(url));
const client = new Client({ name: 'typescript', version: '1.32.2' });
const logged = [];
client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
  logged.push([params.level, params.data]);
});
const problems = [];
// That it cuts its own stream when it closes, it complains of too.
client.onerror = (error) => /AbortError/.test(error.message) || problems.push(error);

await client.connect(transport);
assert.equal(transport.protocolVersion, revision);
assert.ok(transport.sessionId, 'the session has no id');
assert.ok(client.getServerVersion().name, 'the server has no name');
assert.ok(client.getServerCapabilities().tools, 'the server offers no tools');

const call = (params, options) => client.callTool(params, undefined, options);
await client.ping();
await check.listing(client, revision);
await check.content(call, revision);
await check.progress(call);
await check.errors(call);
await check.logging(async (level) => {
  await client.setLoggingLevel(level);
  await call({ name: 'test_tool_with_logging' });
}, logged);

const { sessionId } = transport;
await transport.terminateSession();
await client.close();
await check.ended(url, sessionId, revision);
assert.deepEqual(problems, [], 'what the client complained of');
console.log('typescript_v1: ok');
