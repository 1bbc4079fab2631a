// The tasks of the official extension, over the TypeScript client: `typescript_tasks.mjs <ask> <conformance>`, by their
// URLs.
import assert from 'node:assert/strict';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import {
  createApplicationInputHandler, createTaskSessionFromClient, resultFromTaskOutcome, TaskCancelledError, TaskFailedError,
} from '@modelcontextprotocol/ext-tasks/client';
import { EVERYTHING } from './asking.mjs';
import { Guest } from './guests.mjs';

const [ask, conformance] = process.argv.slice(2);
const clientInfo = { name: 'typescript', version: '2.4.0' };

await dines(await connect(ask, Guest.atTable()));
await works(await connect(conformance, new Guest({
  'Delete notes.txt?': { action: 'accept', content: { confirm: true } },
  'What is your first name?': { action: 'accept', content: { name: 'Ada' } },
  'What is your last name?': { action: 'accept', content: { name: 'Lovelace' } },
  'What is your name?': { action: 'accept', content: { name: 'Ada' } },
})));
await declines(await connect(conformance, Guest.always({ action: 'decline' })));
console.log('typescript_tasks: ok');

/** Tasks that ask, and are answered: what they ask comes with their state, and the answers go by themselves. */
async function dines({ session, guest, routes, close }) {
  for (const [name, args, asked, text] of [
    ['greet', {}, ['Who are you?'], 'Good evening, Ada! Window, without nuts.'],
    ['deposit', {}, ['Please leave a deposit.'], 'The guest is on their way to the till.'],
    ['wine', { dish: 'eel' }, ['In a word: which wine goes with eel?'], 'Riesling goes with eel.'],
    ['order', {}, ['And to follow?', 'Which starter would you like?'], 'soup, then fish'],
    ['table', {}, ['How many are you?', 'Table 1 is by the window. Do you like it?'], 'Table 1 for 4'],
    ['tab', {}, [], 'Tab 1'],
  ]) {
    await completes(session, guest, name, args, asked, text);
    assert.deepEqual(routes.splice(0), asked.map(() => 'task-update'), `how ${name} is answered`);
  }
  await close();
}

/** Everything that becomes of tasks. */
async function works({ client, session, guest, routes, close }) {
  const filename = 'notes.txt';
  await completes(session, guest, 'confirm_delete', { filename }, ['Delete notes.txt?'], 'Deleted notes.txt.');
  const names = ['What is your first name?', 'What is your last name?'];
  await completes(session, guest, 'multi_input', {}, names, 'Hello, Ada Lovelace!');
  await completes(session, guest, 'slow_compute', { seconds: 0, label: 'pi' }, [], 'Computed pi in 0 s.');

  routes.length = 0;
  await completes(session, guest, 'test_tool_with_task', {}, ['What is your name?'], 'Hello, Ada!');
  assert.deepEqual(routes, ['request-retry'], 'a question before there is a task');

  const greeting = await session.callTool('greet', { name: 'Ada' });
  assert.equal(greeting.kind, 'immediate', 'what becomes no task');
  assert.deepEqual(resultFromTaskOutcome((await greeting.settle()).outcome).content, says('Hello, Ada!'));

  // The client itself doesn't know of tasks.
  await assert.rejects(client.callTool({ name: 'failing_job' }), ({ code, data }) => {
    assert.equal(code, -32021);
    assert.deepEqual(data.requiredCapabilities, { extensions: { 'io.modelcontextprotocol/tasks': {} } });
    return true;
  });
  const job = await settled(session, 'failing_job');
  assert.deepEqual([job.status, job.result.isError], ['completed', true], 'a tool that fails');
  assert.deepEqual(job.result.content, says('This job always fails.'));

  const failed = await settled(session, 'protocol_error_job');
  assert.equal(failed.status, 'failed');
  assert.ok(failed.error instanceof TaskFailedError);
  assert.equal(failed.error.code, -32021);
  assert.deepEqual(failed.error.data.requiredCapabilities, { experimental: { 'nobody-has-this': {} } });

  const slow = await session.callTool('slow_compute', { seconds: 600 });
  await slow.cancel();
  const { outcome } = await slow.settle();
  assert.equal(outcome.status, 'cancelled');
  assert.throws(() => resultFromTaskOutcome(outcome), TaskCancelledError);
  await close();
}

/** A task whose user declines goes on, and its tool says so. */
async function declines({ session, guest, close }) {
  const outcome = await settled(session, 'confirm_delete', { filename: 'notes.txt' });
  assert.equal(outcome.result.isError, true);
  assert.deepEqual(outcome.result.content, says('The user declined.'));
  assert.deepEqual(guest.asked(), ['Delete notes.txt?']);
  await close();
}

async function completes(session, guest, name, args, asked, text) {
  const outcome = await settled(session, name, args);
  assert.deepEqual(resultFromTaskOutcome(outcome).content, says(text), name);
  assert.deepEqual(guest.asked(), asked, `what ${name} asks`);
}

/** How a call ends that becomes a task. */
async function settled(session, name, args = {}) {
  const execution = await session.callTool(name, args);
  assert.equal(execution.kind, 'task', `${name} becomes a task`);
  return (await execution.settle()).outcome;
}

function says(text) {
  return [{ type: 'text', text }];
}

/** A client whose user is this guest; `routes` is how it was answered. */
async function connect(url, guest) {
  const client = new Client(clientInfo, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  const transport = new StreamableHTTPClientTransport(new URL(url));
  await client.connect(transport);
  const routes = [];
  const via = (answer) => ({ params }, { delivery }) => {
    routes.push(delivery);
    return answer(params);
  };
  const session = createTaskSessionFromClient(client, {
    endpointId: url,
    rawDispatch: dispatches(transport),
    v2RequestFraming: { protocolVersion: '2026-07-28', clientInfo, clientCapabilities: EVERYTHING },
    onInputRequest: createApplicationInputHandler({
      elicitation: via(guest.elicit),
      sampling: via(guest.sample),
      roots: via(guest.roots),
    }),
  });
  const close = async () => {
    await session.close();
    await client.close();
  };
  return { client, session, guest, routes, close };
}

/** Sends what the client has no types for over its own connection: requests of tasks, and calls that may become one. */
function dispatches(transport) {
  const waiting = new Map();
  const { onmessage } = transport;
  transport.onmessage = (message, extra) => {
    const { id, error, result } = message;
    if (!waiting.has(id)) return onmessage.call(transport, message, extra);
    waiting.get(id)(error ? { kind: 'error', error } : { kind: 'result', result });
    waiting.delete(id);
  };
  let last = 0;
  return (request) => new Promise((resolve, reject) => {
    const id = `task-${++last}`;
    waiting.set(id, resolve);
    transport.send({ jsonrpc: '2.0', id, ...request }).catch(reject);
  });
}
