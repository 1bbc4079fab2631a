// What the TypeScript clients are asked, and what comes of the answers.
//
// `connect(guest, capabilities)` gives a client of the example in question whose user is this guest. It is asked in one of
// three ways: in `rounds`, in a `session`, or in a session with a `bridge` that is asked in rounds.
import assert from 'node:assert/strict';
import { Guest } from './guests.mjs';

export const EVERYTHING = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };

/** What each tool of the example `ask` is called with, what it asks, what comes of it, and in how many rounds. */
const COURSES = [
  ['greet', {}, ['Who are you?'], 'Good evening, Ada! Window, without nuts.', 2],
  ['deposit', {}, ['Please leave a deposit.'], 'The guest is on their way to the till.', 2],
  ['wine', { dish: 'eel' }, ['In a word: which wine goes with eel?'], 'Riesling goes with eel.', 2],
  ['order', {}, ['And to follow?', 'Which starter would you like?'], 'soup, then fish', 2],
  ['table', {}, ['How many are you?', 'Table 1 is by the window. Do you like it?'], 'Table 1 for 4', 3],
  // It has no question: the first round ends so that the client can name the call when it comes back.
  ['tab', {}, [], 'Tab 1', 2],
  ['tab', {}, [], 'Tab 2', 2],
];

/** The same of the example `conformance`. */
const FIXTURE = [
  ['test_elicitation', { message: 'Who are you?' }, ['Who are you?'], 'User response: ada <ada@example.com>', 2],
  ['test_elicitation_sep1330_enums', {}, ['Please choose.'], 'The user chose {"legacyEnum":"opt3","titledMulti":[],' +
    '"titledSingle":"value2","untitledMulti":["option1","option3"],"untitledSingle":"option1"}', 2],
  ['test_elicitation_sep1034_defaults', {}, ['Please review your profile.'], 'The user confirmed Profile { name: ' +
    '"John Doe", age: 36, score: 95.5, status: Active, verified: true }', 2],
  ['test_sampling', { prompt: 'Which engine?' }, ['Which engine?'], 'LLM response: The analytical one.', 2],
  ['test_input_required_result_elicitation', {}, ['What is your name?'], 'Hello, Ada!', 2],
  ['test_input_required_result_sampling', {}, ['What is the capital of France?'], 'Paris', 2],
  ['test_input_required_result_list_roots', {}, ['roots'], 'The client has 2 roots.', 2],
  ['test_input_required_result_request_state', {}, ['Go on?'], 'state-ok', 2],
  ['test_input_required_result_multiple_inputs', {},
    ['What is the capital of France?', 'What is your name?', 'roots'], 'Ada has 2 roots. Paris', 2],
  ['test_input_required_result_multi_round', {},
    ['Ada, which colour do you like?', 'What is your name?'], 'Ada likes green.', 3],
];

/** Every tool of the example `ask` asks, and gets its answers. */
export async function dines(connect, way) {
  const guest = Guest.atTable();
  const client = await connect(guest, EVERYTHING);
  await answers(client, guest, COURSES.filter(([name]) => way !== 'bridge' || name !== 'deposit'), way);
  await prompt(client, guest, 'toast', 'What is the occasion?', 'Propose a toast to the engine, in one sentence.');

  const { contents } = await client.readResource({ uri: 'restaurant://menu' });
  assert.deepEqual(contents, [{ uri: 'restaurant://menu', mimeType: 'text/plain', text: 'Soup, dumplings' }]);
  assert.deepEqual(guest.asked(), ['Do you eat meat?']);
  await client.close();
}

/** The same of the example `conformance`. */
export async function fixture(connect, way) {
  const guest = Guest.atTheFixture();
  const client = await connect(guest, EVERYTHING);
  await answers(client, guest, FIXTURE, way);
  const name = 'test_input_required_result_prompt';
  await prompt(client, guest, name, 'What is it about?', 'Keep this in mind: engines');
  await client.close();
}

async function answers(client, guest, calls, way) {
  for (const [name, args, asked, text, rounds] of calls) {
    client.requests();
    const result = await client.callTool({ name, arguments: args });
    assert.deepEqual(result.content, [{ type: 'text', text }], name);
    assert.ok(!result.isError, name);
    assert.deepEqual(guest.asked(), asked, `what ${name} asks`);
    assert.equal(client.requests(), way === 'rounds' ? rounds : 1, `how often ${name} is called`);
  }
}

async function prompt(client, guest, name, question, text) {
  const { messages } = await client.getPrompt({ name });
  assert.deepEqual(messages, [{ role: 'user', content: { type: 'text', text } }]);
  assert.deepEqual(guest.asked(), [question]);
}

/** What a user doesn't want to answer, and what they answer wrong. */
export async function refuses(connect) {
  for (const [action, text] of [
    ['decline', 'The user declined.'],
    ['cancel', 'The question was not answered.'],
  ]) {
    const guest = Guest.always({ action });
    const client = await connect(guest, EVERYTHING);
    fails(await client.callTool({ name: 'greet' }), text);
    assert.deepEqual(guest.asked(), ['Who are you?']);
    await assert.rejects(client.getPrompt({ name: 'toast' }), { code: -32603, message: new RegExp(text) });
    await assert.rejects(client.readResource({ uri: 'restaurant://menu' }), { code: -32603, message: new RegExp(text) });
    await client.close();
  }

  let said = ['many', 4];
  const guest = Guest.atTable({
    'How many are you?': () => ({ action: 'accept', content: { answer: said.shift() } }),
  });
  const client = await connect(guest, EVERYTHING);
  const { content } = await client.callTool({ name: 'table' });
  assert.match(content[0].text, /^Table \d for 4$/);
  assert.deepEqual(guest.asked().slice(0, 2), ['How many are you?', 'How many are you?'], 'it is asked again');
  await client.close();
}

/** What a client can't be asked, it is not asked. */
export async function lacks(connect, way) {
  const form = { elicitation: { form: {} } };
  for (const [name, args, declared, required, text] of [
    ['greet', {}, {}, form, 'ask its user with a form, and this one does not declare `elicitation`.'],
    ['deposit', {}, form, { elicitation: { url: {} } },
      'send its user to a page, and this one does not declare `elicitation.url`.'],
    ['wine', { dish: 'eel' }, form, { sampling: {} }, 'sample its model, and this one does not declare `sampling`.'],
  ]) {
    const client = await connect(Guest.atTable(), declared);
    const call = client.callTool({ name, arguments: args });
    if (way === 'session') {
      fails(await call, `This needs a client that can ${text}`);
    } else {
      await assert.rejects(call, (error) => {
        assert.equal(error.code, -32021);
        assert.deepEqual(error.data.requiredCapabilities, required);
        return true;
      });
    }
    await client.close();
  }
}

function fails({ isError, content }, text) {
  assert.deepEqual([isError, content], [true, [{ type: 'text', text }]]);
}

/** What the clients complained of. */
export const problems = [];

/** Lets a client of the TypeScript SDK, version 2, answer by this guest what it declares that it can be asked. */
export function lets(client, guest, { elicitation, sampling, roots }) {
  if (elicitation) client.setRequestHandler('elicitation/create', ({ params }) => guest.elicit(params));
  if (sampling) client.setRequestHandler('sampling/createMessage', ({ params }) => guest.sample(params));
  if (roots) client.setRequestHandler('roots/list', () => guest.roots());
}

/** Connects a client that counts its calls of tools, and keeps what it complains of. */
export async function connected(client, transport) {
  let calls = 0;
  const { send } = transport;
  transport.send = (message, options) => {
    if (message.method === 'tools/call') calls++;
    return send.call(transport, message, options);
  };
  client.onerror = (error) => problems.push(error);
  await client.connect(transport);

  const { close } = client;
  return Object.assign(client, {
    /** How many calls there were since this was asked. */
    requests: () => {
      const before = calls;
      calls = 0;
      return before;
    },
    /** That it cuts its own streams then, a client complains of too. */
    close: () => {
      client.onerror = undefined;
      return close.call(client);
    },
  });
}
