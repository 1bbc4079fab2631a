// What the clients ask for beside tools: resources, prompts, and values for their arguments.
import assert from 'node:assert/strict';

const WORDS = 'This is the content of the static text resource.';
const titles = (revision) => revision >= '2025-06-18';

/** Resources are listed, those of templates aside, and read: texts, bytes, a skill's file, and one that a template makes. */
export async function resources(client, revision) {
  const { resources, nextCursor } = await client.listResources();
  assert.equal(nextCursor, undefined, 'the list of resources has a next page');
  const resource = (name) => resources.find((resource) => resource.name === name);
  assert.equal(resources.length, 5, 'the resources listed');
  assert.deepEqual(resource('static-text'), {
    uri: 'test://static-text',
    name: 'static-text',
    ...(titles(revision) && { title: 'Static text' }),
    description: 'A text that stays as it is.',
    mimeType: 'text/plain',
  });
  assert.deepEqual(resource('watched-resource').uri, 'test://watched-resource');

  const { resourceTemplates } = await client.listResourceTemplates();
  assert.equal(resourceTemplates.length, 1, 'the templates listed');
  assert.equal(resourceTemplates[0].uriTemplate, 'test://template/{id}/data');
  assert.equal(resourceTemplates[0].mimeType, 'application/json');

  const uri = 'test://static-text';
  assert.deepEqual(await read(client, uri), { uri, mimeType: 'text/plain', text: WORDS });

  const image = await read(client, 'test://static-binary');
  assert.equal(image.mimeType, 'image/png');
  const bytes = Buffer.from(image.blob, 'base64');
  assert.equal(bytes.toString('latin1', 1, 4), 'PNG', 'the image is no PNG file');
  assert.equal(bytes.length, resource('static-binary').size, 'the size listed');

  assert.equal(resource('plain-words').uri, 'skill://plain-words/SKILL.md');
  const words = await read(client, 'skill://plain-words/references/words.md');
  assert.equal(words.mimeType, 'text/markdown');
  assert.match(words.text, /^# Words/);

  const made = await read(client, 'test://template/a%20b/data');
  assert.equal(made.uri, 'test://template/a%20b/data');
  assert.deepEqual(JSON.parse(made.text), { id: 'a b', templateTest: true, data: 'Data for ID: a b' });
}

/** The only contents of a resource. */
export async function read(client, uri) {
  const { contents } = await client.readResource({ uri });
  assert.equal(contents.length, 1, `the contents of ${uri}`);
  return contents[0];
}

/** A resource that isn't there is an error that names it. The code has changed over time, and clients take both. */
export async function absent(client) {
  for (const uri of ['test://nothing', 'test://template/a/b/data']) {
    await assert.rejects(client.readResource({ uri }), (error) => {
      assert.ok([-32002, -32602].includes(error.code), `${uri}: ${error}`);
      assert.deepEqual(error.data, { uri });
      return true;
    });
  }
}

/** Prompts are listed with their arguments, and written: texts, an image and a resource. */
export async function prompts(client, revision) {
  const { prompts, nextCursor } = await client.listPrompts();
  assert.equal(nextCursor, undefined, 'the list of prompts has a next page');
  const prompt = (name) => prompts.find((prompt) => prompt.name === name);
  assert.equal(prompts.length, 5, 'the prompts listed');
  assert.deepEqual(prompt('test_simple_prompt'), {
    name: 'test_simple_prompt',
    ...(titles(revision) && { title: 'A simple prompt' }),
    description: 'Says one thing.',
  });
  assert.deepEqual(
    prompt('test_prompt_with_arguments').arguments.map(({ name, required }) => [name, required]),
    [['arg1', true], ['arg2', true]],
  );

  assert.deepEqual(await messages(client, 'test_simple_prompt'), [user('This is a simple prompt for testing.')]);
  assert.deepEqual(
    await messages(client, 'test_prompt_with_arguments', { arg1: 'Zürich', arg2: 'two' }),
    [user("Prompt with arguments: arg1='Zürich', arg2='two'")],
  );

  const resourceUri = 'test://example-resource';
  const [embedded, please] = await messages(client, 'test_prompt_with_embedded_resource', { resourceUri });
  const text = 'Embedded resource content for testing.';
  assert.deepEqual(embedded.content, {
    type: 'resource',
    resource: { uri: resourceUri, mimeType: 'text/plain', text },
  });
  assert.deepEqual(please, user('Please process the embedded resource above.'));

  const [image] = await messages(client, 'test_prompt_with_image');
  assert.equal(image.content.type, 'image');
  assert.equal(image.content.mimeType, 'image/png');
  assert.equal(Buffer.from(image.content.data, 'base64').toString('latin1', 1, 4), 'PNG', 'the image is no PNG file');
}

const user = (text) => ({ role: 'user', content: { type: 'text', text } });

async function messages(client, name, args) {
  return (await client.getPrompt({ name, ...(args && { arguments: args }) })).messages;
}

/** What is wrong with the arguments of a prompt is an error that names the argument. */
export async function refusals(client) {
  await assert.rejects(client.getPrompt({ name: 'no_such_prompt' }), { code: -32602 }, 'an unknown prompt');
  const name = 'test_prompt_with_arguments';
  await assert.rejects(client.getPrompt({ name, arguments: { arg1: 'one' } }), { code: -32602, message: /arg2/ });
}

/** Values are suggested for what was typed, also by what is known of other arguments. */
export async function completion(client, revision) {
  const ref = { type: 'ref/prompt', name: 'test_prompt_with_arguments' };
  const suggested = async (argument, context) => (await client.complete({ ref, argument, context })).completion;
  assert.deepEqual(
    await suggested({ name: 'arg1', value: 'te' }),
    { values: ['test', 'testament'], total: 2, hasMore: false },
  );
  assert.deepEqual((await suggested({ name: 'arg1', value: 'x' })).values, []);
  if (revision >= '2025-06-18') {
    const context = { arguments: { arg1: 'toast' } };
    assert.deepEqual((await suggested({ name: 'arg2', value: '' }, context)).values, ['toast again']);
  }
}
