// The Inspector's `mcpdo` is asked: `inspector_asking.mjs <legacy|modern> <ask> <conformance>`, by their URLs. A question
// ends its command, and another command answers it. In 2026-07-28 it declares tasks too, so what may become one does.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const [era, ask, conformance] = process.argv.slice(2);
const MCPDO = fileURLToPath(new URL('node_modules/.bin/mcpdo', import.meta.url));
const OK = 0, TOOL_ERROR = 5;
const modern = era === 'modern';
const inATask = modern ? 'task-input-required' : 'server-request';
const inRounds = modern ? 'input-required' : 'server-request';

// The program that keeps the connections keeps its state in the home directory.
const home = mkdtempSync(join(tmpdir(), 'mcpdo-'));
const env = { ...process.env, HOME: home, MCP_INSPECTOR_SECRET_STORE: 'memory' };
try {
  dine();
  fixture();
} finally {
  await ends();
}
console.log(`inspector_asking ${era}: ok`);

function dine() {
  const on = connects(ask);
  const name = asks(on('tools/call', 'greet'), 'Who are you?', inATask);
  says(mcpdo(OK, 'elicitation/respond', name, 'name:=Ada', 'seat:=Window'), 'Good evening, Ada! Window.');

  const page = asks(on('tools/call', 'deposit'), 'Please leave a deposit.', inATask);
  says(mcpdo(OK, 'elicitation/respond', page, '--done'), 'The guest is on their way to the till.');

  const guests = asks(on('tools/call', 'table'), 'How many are you?', inATask);
  const table = mcpdo(OK, 'elicitation/respond', guests, 'answer:=4');
  const window = asks(table, 'Table 1 is by the window. Do you like it?', inATask);
  says(mcpdo(OK, 'elicitation/respond', window, 'answer:=true'), 'Table 1 for 4');

  const declined = asks(on('tools/call', 'greet'), 'Who are you?', inATask);
  says(mcpdo(TOOL_ERROR, 'elicitation/respond', declined, '--decline'), 'The user declined.');
}

function fixture() {
  const on = connects(conformance);
  const tool = 'test_input_required_result_multi_round';
  const name = asks(on('tools/call', tool), 'What is your name?', inRounds);
  const color = asks(mcpdo(OK, 'elicitation/respond', name, 'name:=Ada'), 'Ada, which colour do you like?', inRounds);
  says(mcpdo(OK, 'elicitation/respond', color, 'color:=green'), 'Ada likes green.');
}

/** Connects, and gives what runs a command of this connection. */
function connects(url) {
  mcpdo(OK, 'connect', url, '--era', era);
  return (...command) => mcpdo(OK, '--connection', url, ...command);
}

/** The id of the question that a command ended with. */
function asks({ elicitationPending }, message, origin) {
  assert.ok(elicitationPending, `${message} is not asked`);
  assert.deepEqual([elicitationPending.message, elicitationPending.origin], [message, origin]);
  return elicitationPending.elicitationId;
}

function says(result, text) {
  assert.deepEqual(result.content, [{ type: 'text', text }]);
}

/** Ends the program that kept the connections. */
async function ends() {
  const { pid } = mcpdo(OK, 'daemon', 'status');
  mcpdo(OK, 'daemon', 'stop');
  for (let turn = 0; turn < 100 && runs(pid); turn++) await pause(50);
  assert.ok(!runs(pid), 'mcpdo still runs');
  rmSync(home, { recursive: true, force: true });
}

function runs(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Runs one command and gives what it prints. */
function mcpdo(exit, ...command) {
  const args = [MCPDO, '--format', 'json', ...command];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  assert.equal(status, exit, `${command.join(' ')}\n${stdout}${stderr}`);
  return JSON.parse(stdout);
}
