// What the TypeScript clients and the Inspector ask of the server, and what they must get: here of tools, and in the
// files beside of everything else.
//
// `call` is the client's own way to call a tool: `call(params, { onprogress })`.
// `revision` is the one it negotiated.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

export * from './changes.mjs';
export * from './offers.mjs';
export * from './resuming.mjs';

const TOOLS = JSON.parse(readFileSync(new URL('tools.json', import.meta.url)));

/** The sum of 1 and 2 as each revision structures it: not at all, as an object, as any value. */
const structured = (revision) => {
  if (revision < '2025-06-18') return undefined;
  return revision < '2026-07-28' ? { result: 3 } : 3;
};

/** The tools are listed, all of them, each with what a client needs to show and call it. */
export async function listing(client, revision) {
  const { tools, nextCursor } = await client.listTools();
  assert.equal(nextCursor, undefined, 'the list has a next page');
  assert.deepEqual(tools.map((tool) => tool.name).sort(), TOOLS, 'the tools listed');
  for (const { name, description, inputSchema } of tools) {
    assert.ok(description, `${name} has no description`);
    assert.equal(inputSchema.type, 'object', `the input schema of ${name}`);
  }
  const tool = (name) => tools.find((tool) => tool.name === name);
  assert.deepEqual(Object.keys(tool('add').inputSchema.properties), ['a', 'b']);
  assert.deepEqual(tool('add').inputSchema.required, ['a', 'b']);
  assertOutputSchema(tool('add').outputSchema, structured(revision));
  assert.equal(tool('json_schema_2020_12_tool').inputSchema.$defs.address.$anchor, 'addressDef');
}

function assertOutputSchema(schema, result) {
  if (result === undefined) return assert.equal(schema, undefined, 'the output schema of add');
  assert.equal(schema.type, typeof result === 'object' ? 'object' : 'integer', 'the output schema of add');
  if (typeof result === 'object') assert.equal(schema.properties.result.type, 'integer');
}

/** Every kind of content arrives whole; what a revision lacks, as a resource. */
export async function content(call, revision) {
  const sum = await call({ name: 'add', arguments: { a: 1, b: 2 } });
  assert.deepEqual(sum.structuredContent, structured(revision));
  assert.equal(sum.content[0].text, '3');
  assert.ok(!sum.isError, 'add failed');

  const [text] = (await call({ name: 'test_simple_text' })).content;
  assert.deepEqual(text, { type: 'text', text: 'This is a simple text response for testing.' });

  const [image] = (await call({ name: 'test_image_content' })).content;
  assertImage(image);

  const [audio] = (await call({ name: 'test_audio_content', arguments: {} })).content;
  const known = revision >= '2025-03-26';
  assert.equal(audio.type, known ? 'audio' : 'resource');
  const { mimeType, data } = known ? audio : { ...audio.resource, data: audio.resource.blob };
  assert.equal(mimeType, 'audio/wav');
  assert.equal(Buffer.from(data, 'base64').toString('latin1', 0, 4), 'RIFF', 'the audio is no WAV file');

  const [embedded] = (await call({ name: 'test_embedded_resource' })).content;
  assert.equal(embedded.type, 'resource');
  assert.equal(embedded.resource.uri, 'test://embedded-resource');
  assert.equal(embedded.resource.mimeType, 'text/plain');
  assert.equal(embedded.resource.text, 'This is an embedded resource content.');

  const mixed = (await call({ name: 'test_multiple_content_types' })).content;
  assert.deepEqual(mixed.map(({ type }) => type), ['text', 'image', 'resource']);
  assertImage(mixed[1]);
  assert.deepEqual(JSON.parse(mixed[2].resource.text), { test: 'data', value: 123 });
}

function assertImage({ type, mimeType, data }) {
  assert.equal(type, 'image');
  assert.equal(mimeType, 'image/png');
  assert.equal(Buffer.from(data, 'base64').toString('latin1', 1, 4), 'PNG', 'the image is no PNG file');
}

/** Progress arrives while the tool runs, in order, before its result. */
export async function progress(call) {
  const seen = [];
  const onprogress = ({ progress, total }) => seen.push([progress, total]);
  const result = await call({ name: 'test_tool_with_progress' }, { onprogress });
  assert.equal(result.content[0].type, 'text');
  assert.deepEqual(seen, [[0, 100], [50, 100], [100, 100]], 'the progress seen');
}

/** A tool's failure is a result that the model reads; a client's mistake is a JSON-RPC error. */
export async function errors(call) {
  const failed = await call({ name: 'test_error_handling' });
  assert.equal(failed.isError, true);
  assert.equal(failed.content[0].text, 'This tool intentionally returns an error for testing');

  for (const [name, args, argument] of [
    ['add', { a: 1 }, 'b'],
    ['add', { a: 1, b: 'two' }, 'b'],
    ['test_x_mcp_header', {}, 'region'],
  ]) {
    const refused = await call({ name, arguments: args });
    assert.equal(refused.isError, true, `${name} took ${JSON.stringify(args)}`);
    assert.match(refused.content[0].text, new RegExp(`\\b${argument}\\b`), 'the argument is not named');
  }

  await assert.rejects(call({ name: 'no_such_tool' }), { code: -32602 }, 'an unknown tool');
}

/** The lines a tool logs reach `logged` when their level is asked for, and only then. */
export async function logging(callAt, logged) {
  await callAt('info');
  assert.deepEqual(logged.splice(0), [
    ['info', 'Tool execution started'],
    ['info', 'Tool processing data'],
    ['info', 'Tool execution completed'],
  ]);
  await callAt('error');
  assert.deepEqual(logged, [], 'lines below the level');
}

/** After the client ended its session, the server knows it no more. */
export async function ended(url, sessionId, revision) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'mcp-protocol-version': revision,
      'mcp-session-id': sessionId,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
  });
  assert.equal(response.status, 404, 'the session outlived its DELETE');
}
