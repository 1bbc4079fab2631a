// The TypeScript client, version 1, is asked in a session: `typescript_v1_asking.mjs <ask> <conformance>`, by their URLs.
import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import * as types from '@modelcontextprotocol/sdk/types.js';
import * as check from './asking.mjs';

const [ask, conformance] = process.argv.slice(2);

await check.dines(connects(ask), 'session');
await check.refuses(connects(ask));
await check.lacks(connects(ask), 'session');
await check.fixture(connects(conformance), 'session');
assert.deepEqual(check.problems, [], 'what the client complained of');
console.log('typescript_v1_asking: ok');

function connects(url) {
  return async (guest, capabilities) => {
    const client = new Client({ name: 'typescript', version: '1.32.2' }, { capabilities });
    const { elicitation, sampling, roots } = capabilities;
    if (elicitation) client.setRequestHandler(types.ElicitRequestSchema, ({ params }) => guest.elicit(params));
    if (sampling) client.setRequestHandler(types.CreateMessageRequestSchema, ({ params }) => guest.sample(params));
    if (roots) client.setRequestHandler(types.ListRootsRequestSchema, () => guest.roots());
    return check.connected(client, new StreamableHTTPClientTransport(new URL(url)));
  };
}
