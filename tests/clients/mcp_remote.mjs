// mcp-remote between a client with a session and a server without: `mcp_remote.mjs <url>`. It translates what either
// says. Between two of one era it passes on every message: that is `typescript.mjs` over stdio.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import * as check from './checks.mjs';

const [url] = process.argv.slice(2);
const revision = '2025-11-25';
const remote = fileURLToPath(new URL('node_modules/.bin/mcp-remote', import.meta.url));

// It passes output schemas on as they are, and those of this client's revision are of objects only.
const args = [remote, url, '--protocol', 'auto', '--ignore-tool', 'add'];
const transport = new StdioClientTransport({ command: process.execPath, args, stderr: 'pipe' });
const printed = [];
transport.stderr.on('data', (data) => printed.push(data));
process.on('exit', (code) => code && console.error(Buffer.concat(printed).toString()));

const client = new Client({ name: 'typescript', version: '2.4.0' });
const logged = [];
const heard = new check.Heard();
const problems = [];
client.setNotificationHandler('notifications/message', ({ params }) => logged.push([params.level, params.data]));
for (const method of check.NOTIFICATIONS) {
  client.setNotificationHandler(method, ({ params }) => heard.push(method, params));
}
client.onerror = (error) => problems.push(error);

await client.connect(transport);
assert.equal(client.getNegotiatedProtocolVersion(), revision);
assert.match(Buffer.concat(printed).toString(), /Remote server speaks MCP 2026-07-28/);
const call = (params, options) => client.callTool(params, options);
assert.ok((await client.listTools()).tools.some(({ name }) => name === 'test_simple_text'));
const [text] = (await call({ name: 'test_simple_text' })).content;
assert.deepEqual(text, { type: 'text', text: 'This is a simple text response for testing.' });
await check.progress(call);
await check.logging(async (level) => {
  await client.setLoggingLevel(level);
  await call({ name: 'test_tool_with_logging' });
}, logged);
await check.resources(client, revision);
await check.absent(client);
await check.prompts(client, revision);
await check.refusals(client);
await check.completion(client, revision);
await check.bridged(client, call, heard);
await client.ping();

await client.close();
assert.deepEqual(problems, [], 'what the client complained of');
console.log('mcp_remote: ok');
