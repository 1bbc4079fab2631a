"""The Python client signs in: `python_oauth.py <auto|legacy> <url> <issuer>`.

It gets a token that reads, and when it is to write one that writes too.
"""

import asyncio
import json
import sys
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata

import python_checks as check

CALLBACK = "http://127.0.0.1:33419/callback"
READS, WRITES = "files:read offline_access", "files:read files:write offline_access"


class Wallet:
    """Keeps what the client is given, and opens the page it is sent to."""

    tokens = client = page = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens) -> None:
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client) -> None:
        self.client = client

    async def redirect(self, page: str) -> None:
        self.page = page

    async def agreed(self) -> AuthorizationCodeResult:
        address = self.page
        async with httpx2.AsyncClient() as browser:
            while not address.startswith(CALLBACK):
                answer = await browser.get(address)
                address = urljoin(address, answer.headers["location"])
        back = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        return AuthorizationCodeResult(code=back["code"], state=back["state"], iss=back["iss"])


async def main(mode: str, url: str, issuer: str) -> None:
    wallet = Wallet()
    metadata = OAuthClientMetadata(
        client_name="Files, in Python", redirect_uris=[CALLBACK], token_endpoint_auth_method="none"
    )
    auth = OAuthClientProvider(url, metadata, wallet, redirect_handler=wallet.redirect, callback_handler=wallet.agreed)
    async with create_mcp_http_client(auth=auth) as http:
        async with Client(streamable_http_client(url, http_client=http), mode=mode) as client:
            who = await files(client, f"python-{mode}.txt")

    check.equal(sorted(who.pop("scopes")), ["files:read", "files:write"], "its scopes")
    check.equal(who, {"issuer": issuer, "subject": "ada", "client": wallet.client.client_id}, "who it is")
    asked = json.loads(httpx2.get(f"{issuer}/journal").text)
    pages = [entry["asked"] for entry in asked if entry["path"] == "/auth"]
    check.equal([" ".join(sorted(page["scope"].split())) for page in pages], [READS, WRITES], "the scopes asked for")
    grants = [entry["asked"] for entry in asked if entry["path"] == "/token"]
    check.equal([grant["grant_type"] for grant in grants], ["authorization_code"] * 2, "the grants")
    for request in pages + grants:
        check.equal(request["resource"], url, "the resource")
    print(f"python_oauth {mode}: ok")


async def files(client: Client, path: str) -> dict:
    """Reads, then writes, and gives who the server says it is."""
    listed = await client.list_tools()
    check.equal(sorted(tool.name for tool in listed.tools), ["list_files", "read_file", "whoami"], "the tools listed")
    assert not (await client.call_tool("list_files", {})).is_error, "list_files failed"
    text = "Written by who may."
    assert not (await client.call_tool("write_file", {"path": path, "text": text})).is_error, "write_file failed"
    read = await client.call_tool("read_file", {"path": path})
    check.equal(read.content[0].text, text, "what was written")
    return (await client.call_tool("whoami", {})).structured_content


asyncio.run(main(*sys.argv[1:]))
