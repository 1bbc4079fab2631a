// What the clients are told while they listen.
import assert from 'node:assert/strict';
import { read } from './offers.mjs';

const URI = 'test://watched-resource';
const DEADLINE = 10_000;

/** What a client tells its listeners of, to be said to one of these: `heard.push(method, params)`. */
export const NOTIFICATIONS = [
  'notifications/resources/updated',
  'notifications/resources/list_changed',
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
];

/** What a client was told, in order. */
export class Heard {
  #told = [];
  #listener;

  push(method, params) {
    this.#told.push({ method, params });
    this.#listener?.();
  }

  /** Waits for the next notification, which must be of this method. */
  async next(method) {
    if (this.#told.length === 0) await this.#one(DEADLINE);
    assert.ok(this.#told.length > 0, `${method} doesn't come`);
    const { method: told, params } = this.#told.shift();
    assert.equal(told, method, 'what the client is told');
    return params;
  }

  /** Waits for one more notification, but not for longer than this. */
  async #one(milliseconds) {
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#listener = () => resolve(clearTimeout(timer));
    });
  }

  /** Does something until the client is told by this method; whatever else it is told meanwhile is forgotten. */
  async first(method, cause) {
    const start = Date.now();
    const told = () => this.#told.splice(0).some((told) => told.method === method);
    do {
      assert.ok(Date.now() - start < DEADLINE, `${method} doesn't come`);
      await cause();
      await this.#one(100);
    } while (!told());
  }

  /** There was nothing else. */
  nothing() {
    assert.deepEqual(this.#told, [], 'what else the client was told');
  }
}

/** In a session the lists are told of unasked, and a resource from subscription to unsubscription. */
export async function subscriptions(client, call, heard) {
  await client.subscribeResource({ uri: URI });
  await updates(client, call, heard);
  await client.unsubscribeResource({ uri: URI });
  await lists(call, heard);
}

/** A modern client opens a stream for what it wants to be told, and nothing else. */
export async function listening(client, call, heard) {
  const filter = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };
  const unknown = 'test://nothing';
  const everything = await client.listen({ ...filter, resourceSubscriptions: [URI, unknown] });
  assert.deepEqual(everything.honoredFilter, { ...filter, resourceSubscriptions: [URI] });
  await updates(client, call, heard);
  await lists(call, heard, false);
  await everything.close();
  assert.equal(await everything.closed, 'local');

  const prompts = await client.listen({ promptsListChanged: true });
  await call({ name: 'test_trigger_resource_update' });
  await call({ name: 'test_trigger_tool_change' });
  await call({ name: 'test_trigger_prompt_change' });
  await heard.next('notifications/prompts/list_changed');
  await prompts.close();
}

/** As in a session, but through a bridge that says yes before it listens, so a change may come too early to be told. */
export async function bridged(client, call, heard) {
  await client.subscribeResource({ uri: URI });
  await heard.first('notifications/resources/updated', () => call({ name: 'test_trigger_resource_update' }));
  await client.unsubscribeResource({ uri: URI });
  for (const list of ['tool', 'prompt', 'resource']) {
    const method = `notifications/${list}s/list_changed`;
    await heard.first(method, () => call({ name: `test_trigger_${list}_change` }));
  }
}

/** Whoever is told that the resource has changed reads what it was changed to. */
async function updates(client, call, heard) {
  for (let turn = 0; turn < 2; turn++) {
    const before = await read(client, URI);
    const changed = await call({ name: 'test_trigger_resource_update' });
    const { uri } = await heard.next('notifications/resources/updated');
    assert.equal(uri, URI, 'the resource updated');
    const after = await read(client, URI);
    assert.equal(after.text, changed.content[0].text, 'what the resource holds');
    assert.notEqual(after.text, before.text, 'what the resource held before');
  }
}

/** Every list is told of. A change of the resource before them is not: nobody is subscribed, unless it says so. */
async function lists(call, heard, unsubscribed = true) {
  if (unsubscribed) await call({ name: 'test_trigger_resource_update' });
  for (const list of ['tool', 'prompt', 'resource']) {
    await call({ name: `test_trigger_${list}_change` });
    await heard.next(`notifications/${list}s/list_changed`);
  }
}
