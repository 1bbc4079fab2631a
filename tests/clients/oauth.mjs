// What a client needs to sign in that its library leaves to it: a place for what it is given, and a browser. And what
// must have been said on the way.
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CALLBACK, CLIENT, DOCUMENT } from './metadata.mjs';

/** Keeps what one client is given, as the TypeScript clients want it kept. */
export class Wallet {
  redirectUrl = CALLBACK;
  clientMetadata = CLIENT;
  kept = {};

  /** By which `way` it is known to the authorization server: by its `document`, or by `registration`. */
  constructor(way) {
    if (way === 'document') this.clientMetadataUrl = DOCUMENT;
  }

  state = () => (this.kept.state = crypto.randomUUID());
  clientInformation = () => this.kept.client;
  saveClientInformation = (client) => void (this.kept.client = client);
  tokens = () => this.kept.tokens;
  saveTokens = (tokens) => void (this.kept.tokens = tokens);
  codeVerifier = () => this.kept.verifier;
  saveCodeVerifier = (verifier) => void (this.kept.verifier = verifier);
  discoveryState = () => this.kept.discovered;
  saveDiscoveryState = (discovered) => void (this.kept.discovered = discovered);
  redirectToAuthorization = (page) => void (this.kept.page = page);

  /** Opens the page it was sent to, and gives what the authorization server sends the client back with. */
  async agreed() {
    const back = new URL(await new Browser().open(this.kept.page, this.redirectUrl)).searchParams;
    assert.equal(back.get('state'), this.kept.state, 'the state of another sign-in');
    assert.equal(back.get('error'), null, back.get('error_description'));
    return back;
  }

  /** Spoils the access token, as time would. */
  spoil() {
    this.kept.tokens = { ...this.kept.tokens, access_token: `${this.kept.tokens.access_token}A` };
  }
}

/** A browser without a window: it follows redirects, and keeps cookies. */
export class Browser {
  #cookies = new Map();

  /** Opens a page, and whatever that sends to. Gives the address where this ends: at the latest `until`, which stays closed. */
  async open(page, until = 'nowhere') {
    for (let address = String(page), hops = 0; ; hops += 1) {
      if (address.startsWith(until)) return address;
      assert.ok(hops < 10, `redirected without an end: ${address}`);
      const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await reach(address, { redirect: 'manual', headers: { cookie } });
      for (const line of response.headers.getSetCookie()) {
        const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
        this.#cookies.set(name, value);
      }
      const text = await response.text();
      assert.ok(response.status < 400, `${address}: ${response.status}\n${text}`);
      if (response.status < 300) return address;
      address = new URL(response.headers.get('location'), address).href;
    }
  }
}

/** The environment of a program that opens a browser by its name, so that none opens. `open` is its name on macOS. */
export function browserless(folder) {
  symlinkSync('/usr/bin/true', join(folder, 'open'));
  return { BROWSER: 'true', PATH: `${folder}:${process.env.PATH}` };
}

/** Fetches, once there is somebody: a program may listen for its user's return only after it has sent them off. */
async function reach(address, init, attempts = 100) {
  try {
    return await fetch(address, init);
  } catch (error) {
    if (error.cause?.code !== 'ECONNREFUSED' || attempts === 0) throw error;
    await setTimeout(50);
    return reach(address, init, attempts - 1);
  }
}

/** The `fetch` of a client, which keeps what was asked and how it was answered, in `exchanges`. */
export function witness() {
  const exchanges = [];
  const witnessed = async (url, init) => {
    const response = await fetch(url, init);
    const { pathname } = new URL(url);
    const challenge = response.headers.get('www-authenticate');
    exchanges.push({ line: `${init?.method ?? 'GET'} ${pathname} ${response.status}`, challenge });
    return response;
  };
  return { fetch: witnessed, exchanges };
}

/** What the authorization server was asked for at `path` since it started. */
export async function asked(issuer, path) {
  const journal = await (await fetch(`${issuer}/journal`)).json();
  return journal.filter((entry) => entry.path === path);
}

/** Scopes in one order. */
export const scopes = (text) => text.split(' ').sort().join(' ');

/** The challenges of the server, in the words of RFC 6750 and RFC 9728. */
export function challenged(challenge, url, { error, scope }) {
  const { origin, pathname } = new URL(url);
  assert.match(challenge, /^Bearer /, 'the challenge');
  assert.equal(parameter(challenge, 'resource_metadata'), `${origin}/.well-known/oauth-protected-resource${pathname}`);
  assert.equal(parameter(challenge, 'error'), error, challenge);
  assert.equal(parameter(challenge, 'scope'), scope, challenge);
}

const parameter = (challenge, name) => challenge.match(new RegExp(`[ ,]${name}="([^"]*)"`))?.[1];
