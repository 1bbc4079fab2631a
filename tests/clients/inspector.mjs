// The Inspector's command line: `inspector.mjs <legacy|modern> <url>`.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as check from './checks.mjs';

const [era, url] = process.argv.slice(2);
const revision = era === 'modern' ? '2026-07-28' : '2025-11-25';
const INSPECTOR = fileURLToPath(new URL('node_modules/.bin/mcp-inspector', import.meta.url));
const OK = 0, FAILED = 1, TOOL_ERROR = 5;

// The Inspector keeps its state in the home directory.
const home = mkdtempSync(join(tmpdir(), 'inspector-'));
process.on('exit', () => rmSync(home, { recursive: true, force: true }));

// `--strict` fails when a schema would not work in every model's API.
await check.listing({ listTools: () => inspect(OK, 'tools/list', '--strict') }, revision);
await check.content((params) => call(OK, params), revision);

call(OK, { name: 'test_tool_with_progress' });
call(OK, { name: 'test_tool_with_logging' });
call(OK, { name: 'test_x_mcp_header', arguments: { region: 'Zürich' } });

const failed = call(TOOL_ERROR, { name: 'test_error_handling' });
assert.equal(failed.content[0].text, 'This tool intentionally returns an error for testing');
const refused = call(TOOL_ERROR, { name: 'add', arguments: { a: 1 } });
assert.match(refused.content[0].text, /\bb\b/, 'the argument is not named');
call(TOOL_ERROR, { name: 'no_such_tool' });
// Its command line can be asked for roots alone: `mcpdo` is what asks its user.
const roots = call(OK, { name: 'test_input_required_result_list_roots' });
assert.equal(roots.content[0].text, 'The client has 0 roots.');
call(era === 'modern' ? FAILED : TOOL_ERROR, { name: 'test_input_required_result_elicitation' });
const computed = call(OK, { name: 'slow_compute', arguments: { seconds: 1 } });
assert.equal(computed.content[0].text, 'Computed it in 1 s.');

const client = {
  listResources: () => inspect(OK, 'resources/list'),
  listResourceTemplates: () => inspect(OK, 'resources/templates/list'),
  readResource: ({ uri }) => inspect(OK, 'resources/read', '--uri', uri),
  listPrompts: () => inspect(OK, 'prompts/list'),
  getPrompt: ({ name, arguments: args }) => getPrompt(OK, name, args),
};
await check.resources(client, revision);
inspect(FAILED, 'resources/read', '--uri', 'test://nothing');
await check.prompts(client, revision);
getPrompt(FAILED, 'no_such_prompt');
getPrompt(FAILED, 'test_prompt_with_arguments', { arg1: 'one' });
if (era === 'legacy') assert.deepEqual(inspect(OK, 'logging/setLevel', '--log-level', 'debug'), {});

console.log(`inspector ${era}: ok`);

function call(exit, { name, arguments: args = {} }) {
  return inspect(exit, 'tools/call', '--tool-name', name, '--tool-args-json', JSON.stringify(args));
}

function getPrompt(exit, name, args = {}) {
  const pairs = Object.entries(args).map(([key, value]) => `${key}=${value}`);
  return inspect(exit, 'prompts/get', '--prompt-name', name, ...(pairs.length ? ['--prompt-args', ...pairs] : []));
}

/** Runs one method and gives its result, which the Inspector prints also when the tool failed. */
function inspect(exit, method, ...options) {
  const args = ['--cli', '--server-url', url, '--protocol-era', era, '--format', 'json', '--method', method, ...options];
  const env = { ...process.env, HOME: home };
  const { status, stdout, stderr } = spawnSync(process.execPath, [INSPECTOR, ...args], { encoding: 'utf8', env });
  assert.equal(status, exit, `${args.join(' ')}\n${stdout}${stderr}`);
  return stdout && JSON.parse(stdout).result;
}
