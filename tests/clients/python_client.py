"""The Python client.

`python_client.py <auto|legacy> <url>`, at `/sse` over the transport of revision 2024-11-05;
`python_client.py <auto|legacy> <command> <argument>..` over stdio.
"""

import asyncio
import sys
import warnings
from contextlib import AsyncExitStack

from mcp import Client, MCPDeprecationWarning, StdioServerParameters
from mcp.client.sse import sse_client
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

import python_checks as check

# Sessions, pings and log levels are of the older revisions, and the client says so.
warnings.simplefilter("ignore", MCPDeprecationWarning)


async def main(mode: str, target: str, *arguments: str) -> None:
    http = target.endswith("/mcp")
    exchanges: list = []
    async with AsyncExitStack() as stack:
        if http:
            client = create_mcp_http_client()
            client.event_hooks["response"].append(recorder(exchanges))
            server = streamable_http_client(target, http_client=await stack.enter_async_context(client))
        elif target.endswith("/sse"):
            server = sse_client(target)
        else:
            server = StdioServerParameters(command=target, args=list(arguments))
        await run(server, mode, exchanges if http else None)

    ended = [status for method, status, _ in exchanges if method == "DELETE"]
    expected = [[200], [204]] if http and mode == "legacy" else [[]]
    assert ended in expected, f"how the session was deleted: {ended}"
    print(f"python {mode}: ok")


def recorder(exchanges: list):
    async def on_response(response) -> None:
        after = response.request.headers.get("last-event-id")
        exchanges.append((response.request.method, response.status_code, after))

    return on_response


async def run(server, mode: str, exchanges: list | None) -> None:
    modern = mode == "auto"
    logged: list[tuple[str, object]] = []
    heard = check.Heard()

    async def on_log(params) -> None:
        logged.append((params.level, params.data))

    async with Client(server, mode=mode, logging_callback=on_log, message_handler=heard) as client:
        check.equal(client.protocol_version, "2026-07-28" if modern else "2025-11-25", "the revision")
        assert client.server_info and client.server_info.name, "the server has no name"
        offered = client.server_capabilities
        assert offered.tools and offered.prompts and offered.completions, "the server does not say what it offers"
        assert offered.resources.subscribe, "the server does not say that resources can be subscribed to"

        if modern:
            await check.headers(client)
            await check.missing_capability(client)
        else:
            await client.send_ping()
        await check.listing(client, modern)
        await check.content(client, modern)
        await check.progress(client)
        await check.errors(client)
        await check.logging(client, modern, logged)
        await check.resources(client)
        await check.absent(client, modern)
        await check.prompts(client)
        await check.completion(client)
        if modern:
            await check.listening(client)
        else:
            await check.subscriptions(client, heard)
        await check.reconnection(client)

    if exchanges is not None:
        resumed = [after for method, _, after in exchanges if method == "GET" and after]
        check.equal(len(resumed), 0 if modern else 1, "how often the client came back for a result")


asyncio.run(main(*sys.argv[1:]))
