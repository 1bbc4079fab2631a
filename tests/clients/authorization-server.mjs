// An authorization server for the clients to sign in at: `authorization-server.mjs` takes a free port and prints its issuer.
//
// It registers whoever asks, wants PKCE, and gives JWT access tokens for one resource (RFC 8707, RFC 9068). Its only user,
// Ada, is signed in and agrees to everything without being asked. `GET /journal` says what it has been asked for.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider, errors } from 'oidc-provider';
import { DOCUMENT, METADATA } from './metadata.mjs';

const SCOPES = 'files:read files:write';
const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const journal = [];

const provider = new Provider(issuer, {
  jwks: { keys: [key()] },
  clients: [],
  // Not every client says which kind it is: all are programs on their user's machine.
  clientDefaults: { application_type: 'native', id_token_signed_response_alg: 'ES256' },
  responseTypes: ['code'],
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  interactions: { url: (_, { uid }) => `/agreed/${uid}` },
  fetch: document,
  features: {
    devInteractions: { enabled: false },
    registration: { enabled: true },
    clientIdMetadataDocument: { enabled: true, ack: 'draft-02' },
    resourceIndicators: { enabled: true, getResourceServerInfo: resource },
    userinfo: { enabled: false },
  },
});
provider.use(async (context, next) => {
  if (context.path === '/journal') return void (context.body = journal);
  if (context.path.startsWith('/agreed/')) return agree(context);
  const registration = context.path === '/reg' && (await registered(context));
  await next();
  write(context, registration || context.oidc?.body);
});
server.on('request', provider.callback());
console.log(issuer);

/** What is known of a resource: the endpoint of a server on this machine. */
function resource(_, audience) {
  if (!/^http:\/\/127\.0\.0\.1:\d+\/mcp$/.test(audience)) throw new errors.InvalidTarget();
  return { audience, scope: SCOPES, accessTokenFormat: 'jwt', accessTokenTTL: 600, jwt: { sign: { alg: 'ES256' } } };
}

/** Signs Ada in, or agrees in her name to all that a client asks for. */
async function agree({ req, res }) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(req, res);
  if (prompt.name === 'login') return provider.interactionFinished(req, res, { login: { accountId: 'ada' } });
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope((prompt.details.missingOIDCScope ?? []).join(' '));
  for (const [audience, scopes] of Object.entries(prompt.details.missingResourceScopes ?? {})) {
    grant.addResourceScope(audience, scopes.join(' '));
  }
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(req, res, { consent }, { mergeWithLastSubmission: true });
}

/** A registration as it is asked for. The scope in it is left out: a client may ask for more later. */
async function registered({ req }) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const asked = JSON.parse(Buffer.concat(chunks));
  req.body = { ...asked, scope: undefined };
  return asked;
}

/** The document of a client that has an address instead of a registration. No other is fetched. */
async function document(url) {
  return String(url) === DOCUMENT ? Response.json(METADATA) : new Response('', { status: 404 });
}

function write({ method, path, query, status, response }, body) {
  const asked = { ...query, ...body };
  journal.push({ method, path, status, asked, answer: path === '/reg' ? response.body : undefined });
}

function key() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), kid: 'first' };
}
