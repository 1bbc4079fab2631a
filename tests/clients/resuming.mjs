// A client that loses its stream, on purpose.
import assert from 'node:assert/strict';

/** The `fetch` of a client, which keeps what went over it. */
export function recorder() {
  const exchanges = [];
  const record = async (url, init) => {
    const response = await fetch(url, init);
    const method = init?.method ?? 'GET';
    const after = new Headers(init?.headers).get('last-event-id');
    // A client that leaves cuts the copy too.
    exchanges.push({ method, after, text: response.clone().text().catch(() => '') });
    return response;
  };
  return { fetch: record, exchanges };
}

/** The server ends the response before the result, and the client comes back for it. From 2025-11-25 on sessions can. */
export async function reconnection(call, exchanges, revision) {
  exchanges.length = 0;
  const { content } = await call({ name: 'test_reconnection' });
  assert.equal(content[0].text, 'The stream was closed, and taken up again.');
  const sent = exchanges.find(({ method }) => method === 'POST');
  const resumed = exchanges.filter(({ after }) => after);
  if (revision !== '2025-11-25') return assert.deepEqual(resumed, [], 'the client came back');

  const begun = await sent.text;
  assert.doesNotMatch(begun, /"result"/, 'the response did not end before the result');
  const [, last] = [...begun.matchAll(/^id: *(.+)$/gm)].at(-1);
  assert.deepEqual(resumed.map(({ after }) => after), [last], 'where the client took the stream up again');
  assert.match(await resumed[0].text, /"result".*taken up again/, 'the result did not come on the second stream');
}
