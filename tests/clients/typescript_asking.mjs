// The TypeScript client, version 2, is asked: `typescript_asking.mjs <modern|legacy> <ask> <conformance>`, where the
// examples are URLs, or programs to start.
import assert from 'node:assert/strict';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import * as check from './asking.mjs';

const [mode, ask, conformance] = process.argv.slice(2);
const way = mode === 'modern' ? 'rounds' : 'session';

await check.dines(connects(ask), way);
await check.refuses(connects(ask));
await check.lacks(connects(ask), way);
await check.fixture(connects(conformance), way);
assert.deepEqual(check.problems, [], 'what the client complained of');
console.log(`typescript_asking ${mode}: ok`);

/** Connects with `target`. In 2026-07-28 the client comes back with the answers by itself. */
function connects(target) {
  return async (guest, capabilities) => {
    const versionNegotiation = way === 'rounds' ? { mode: { pin: '2026-07-28' } } : undefined;
    const client = new Client({ name: 'typescript', version: '2.4.0' }, { capabilities, versionNegotiation });
    check.lets(client, guest, capabilities);
    const transport = target.startsWith('http:')
      ? new StreamableHTTPClientTransport(new URL(target))
      : new StdioClientTransport({ command: target, args: ['stdio'] });
    return check.connected(client, transport);
  };
}
