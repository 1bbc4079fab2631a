// Who answers the servers' questions: users, and their client's model.
import assert from 'node:assert/strict';

const accept = (content) => ({ action: 'accept', content });

/** What is answered to each message: at the example `ask`, and at the example `conformance`. */
const AT_TABLE = {
  'Who are you?': accept({ name: 'Ada', seat: 'Window', allergy: 'nuts' }),
  'Please leave a deposit.': { action: 'accept' },
  'Which starter would you like?': accept({ answer: 'soup' }),
  'And to follow?': accept({ answer: 'fish' }),
  'How many are you?': accept({ answer: 4 }),
  'What is the occasion?': accept({ answer: 'the engine' }),
  'Do you eat meat?': accept({ answer: false }),
  'In a word: which wine goes with eel?': 'Riesling',
};
const AT_THE_FIXTURE = {
  'What is your name?': accept({ name: 'Ada' }),
  'Ada, which colour do you like?': accept({ color: 'green' }),
  'What is it about?': accept({ context: 'engines' }),
  'Go on?': accept({ ok: true }),
  'Who are you?': accept({ username: 'ada', email: 'ada@example.com' }),
  'Please review your profile.': accept({ age: 36 }),
  'Please choose.': accept({
    legacyEnum: 'opt3',
    titledMulti: [],
    titledSingle: 'value2',
    untitledMulti: ['option1', 'option3'],
    untitledSingle: 'option1',
  }),
  'What is the capital of France?': 'Paris',
  'Which engine?': 'The analytical one.',
};
const ROOTS = [{ uri: 'file:///home/ada', name: 'Home' }, { uri: 'file:///srv' }];

/** A user with a model, who remembers what either was asked. */
export class Guest {
  #answers;
  #asked = [];

  constructor(answers) {
    this.#answers = answers;
  }

  static atTable(changes) {
    return new Guest({ ...AT_TABLE, ...changes });
  }

  static atTheFixture() {
    return new Guest(AT_THE_FIXTURE);
  }

  /** Somebody who does the same with every question. */
  static always(answer) {
    return new Guest(new Proxy({}, { has: () => true, get: () => answer }));
  }

  elicit = (params) => {
    assert.equal(params.mode, params.url ? 'url' : 'form', 'the mode of a question');
    if (params.url) assert.equal(params.url, 'https://pay.example.com/deposits');
    else assert.equal(params.requestedSchema.type, 'object');
    return this.#answer(params.message);
  };

  sample = ({ messages: [{ role, content }, ...others], maxTokens }) => {
    assert.equal(role, 'user');
    assert.deepEqual(others, [], 'other messages');
    assert.ok(maxTokens > 0, 'the length of the answer');
    const { text } = Array.isArray(content) ? content[0] : content;
    return { model: 'sommelier', role: 'assistant', content: { type: 'text', text: this.#answer(text) } };
  };

  roots = () => {
    this.#asked.push('roots');
    return { roots: ROOTS };
  };

  #answer(message) {
    this.#asked.push(message);
    if (message.endsWith('Do you like it?')) return accept({ answer: true });
    assert.ok(message in this.#answers, `an unexpected question: ${message}`);
    const answer = this.#answers[message];
    return typeof answer === 'function' ? answer() : answer;
  }

  /** What was asked since, in any order: what is asked together is. */
  asked() {
    return this.#asked.splice(0).sort();
  }
}
