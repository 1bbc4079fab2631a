// A client in a session is asked through mcp-remote: `mcp_remote_asking.mjs <legacy|auto> <ask> <conformance>`, by their
// URLs. To `auto` the server speaks 2026-07-28: mcp-remote asks the client, and calls again with the answers.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import * as check from './asking.mjs';
import { Guest } from './guests.mjs';

const [protocol, ask, conformance] = process.argv.slice(2);
const way = protocol === 'auto' ? 'bridge' : 'session';
const remote = fileURLToPath(new URL('node_modules/.bin/mcp-remote', import.meta.url));

await check.dines(connects(ask), way);
await check.fixture(connects(conformance), way);
if (way === 'bridge') {
  await check.refuses(connects(ask));
  await check.lacks(connects(ask), way);
  await pages();
}
assert.deepEqual(check.problems, [], 'what the client complained of');
console.log(`mcp_remote_asking ${protocol}: ok`);

/** It declares all that its client declares, but can't ask it to open a page: it ends the call by itself. */
async function pages() {
  const guest = Guest.atTable();
  const client = await connects(ask)(guest, check.EVERYTHING);
  await assert.rejects(client.callTool({ name: 'deposit' }), { code: -32001, message: /^mcp-remote: .* cannot put to a/ });
  assert.deepEqual(guest.asked(), []);
  await client.close();
}

function connects(url) {
  return async (guest, capabilities) => {
    const client = new Client({ name: 'typescript', version: '2.4.0' }, { capabilities });
    check.lets(client, guest, capabilities);
    const args = [remote, url, '--protocol', protocol];
    const transport = new StdioClientTransport({ command: process.execPath, args, stderr: 'pipe' });
    const printed = [];
    transport.stderr.on('data', (data) => printed.push(data));
    await check.connected(client, transport);
    const spoken = way === 'bridge' ? /Remote server speaks MCP 2026-07-28/ : /./;
    assert.match(Buffer.concat(printed).toString(), spoken);
    return client;
  };
}
