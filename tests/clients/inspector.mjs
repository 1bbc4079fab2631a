// The Inspector's command line: `inspector.mjs <url> <legacy|modern>`.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [url, era] = process.argv.slice(2);
const TOOLS = JSON.parse(readFileSync(new URL('tools.json', import.meta.url)));
const INSPECTOR = fileURLToPath(new URL('node_modules/.bin/mcp-inspector', import.meta.url));
const OK = 0, TOOL_ERROR = 5;

// The Inspector keeps its state in the home directory.
const home = mkdtempSync(join(tmpdir(), 'inspector-'));
process.on('exit', () => rmSync(home, { recursive: true, force: true }));

// `--strict` fails when a schema would not work in every model's API.
const { tools } = inspect(OK, 'tools/list', '--strict');
assert.deepEqual(tools.map((tool) => tool.name).sort(), TOOLS, 'the tools listed');

const sum = call(OK, 'add', { a: 1, b: 2 });
assert.deepEqual(sum.structuredContent, era === 'modern' ? 3 : { result: 3 });

const [text] = call(OK, 'test_simple_text').content;
assert.equal(text.text, 'This is a simple text response for testing.');

const mixed = call(OK, 'test_multiple_content_types').content;
assert.deepEqual(mixed.map(({ type }) => type), ['text', 'image', 'resource']);

call(OK, 'test_tool_with_progress');
call(OK, 'test_tool_with_logging');
call(OK, 'test_x_mcp_header', { region: 'Zürich' });

const failed = call(TOOL_ERROR, 'test_error_handling');
assert.equal(failed.content[0].text, 'This tool intentionally returns an error for testing');

const refused = call(TOOL_ERROR, 'add', { a: 1 });
assert.match(refused.content[0].text, /\bb\b/, 'the argument is not named');

console.log(`inspector ${era}: ok`);

function call(exit, name, args = {}) {
  return inspect(exit, 'tools/call', '--tool-name', name, '--tool-args-json', JSON.stringify(args));
}

/** Runs one method and gives its result, which is printed also when the tool failed. */
function inspect(exit, method, ...options) {
  const args = ['--cli', '--server-url', url, '--protocol-era', era, '--format', 'json', '--method', method, ...options];
  const env = { ...process.env, HOME: home };
  const { status, stdout, stderr } = spawnSync(process.execPath, [INSPECTOR, ...args], { encoding: 'utf8', env });
  assert.equal(status, exit, `${args.join(' ')}\n${stdout}${stderr}`);
  return JSON.parse(stdout).result;
}
