// The TypeScript client, version 1: `typescript_v1.mjs <revision> <url>`; at `/sse` over the transport of 2024-11-05.
import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import * as types from '@modelcontextprotocol/sdk/types.js';
import * as check from './checks.mjs';

const [revision, target] = process.argv.slice(2);
const url = new URL(target);
const old = url.pathname === '/sse';

const { fetch, exchanges } = check.recorder();
const transport = old ? new SSEClientTransport(url) : new StreamableHTTPClientTransport(url, { fetch });
const client = new Client({ name: 'typescript', version: '1.32.2' });
const logged = [];
const heard = new check.Heard();
client.setNotificationHandler(types.LoggingMessageNotificationSchema, ({ params }) => {
  logged.push([params.level, params.data]);
});
for (const schema of [
  types.ResourceUpdatedNotificationSchema,
  types.ResourceListChangedNotificationSchema,
  types.ToolListChangedNotificationSchema,
  types.PromptListChangedNotificationSchema,
]) {
  client.setNotificationHandler(schema, ({ method, params }) => heard.push(method, params));
}
const problems = [];
// That it cuts its own stream when it closes, it complains of too.
client.onerror = (error) => /AbortError/.test(error.message) || problems.push(error);
// It always offers its newest revision, and takes every older one.
const { send, setProtocolVersion } = transport;
transport.send = (message, options) => {
  if (message.method === 'initialize') message.params.protocolVersion = revision;
  return send.call(transport, message, options);
};
let negotiated;
transport.setProtocolVersion = (version) => {
  negotiated = version;
  setProtocolVersion.call(transport, version);
};

await client.connect(transport);
assert.equal(negotiated, revision);
if (!old) assert.ok(transport.sessionId, 'the session has no id');
assert.ok(client.getServerVersion().name, 'the server has no name');
const { tools, resources, prompts, completions } = client.getServerCapabilities();
assert.ok(tools && prompts, 'the server does not say what it offers');
assert.equal(completions !== undefined, revision >= '2025-03-26', 'completions');
assert.deepEqual(resources, { subscribe: true, listChanged: true });

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
await check.resources(client, revision);
await check.absent(client);
await check.prompts(client, revision);
await check.refusals(client);
if (completions) await check.completion(client, revision);
await check.subscriptions(client, call, heard);
if (!old) await check.reconnection(call, exchanges, revision);

const { sessionId } = transport;
if (!old) await transport.terminateSession();
await client.close();
if (!old) await check.ended(url, sessionId, revision);
heard.nothing();
assert.deepEqual(problems, [], 'what the client complained of');
console.log(`typescript_v1 ${revision} ${url.pathname}: ok`);
