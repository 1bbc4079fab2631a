"""The Python client: `python_client.py <url> <auto|legacy>`."""

import asyncio
import json
import re
import sys
import warnings
from base64 import b64decode
from pathlib import Path

from mcp import Client, MCPDeprecationWarning, MCPError
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

TOOLS = json.loads(Path(__file__).with_name("tools.json").read_text())
LOG_LEVEL = "io.modelcontextprotocol/logLevel"

# Sessions, pings and log levels are of the older revisions, and the client says so.
warnings.simplefilter("ignore", MCPDeprecationWarning)


async def main(url: str, mode: str) -> None:
    modern = mode == "auto"
    logged: list[tuple[str, object]] = []
    exchanges: list[tuple[str, int]] = []

    async def on_log(params) -> None:
        logged.append((params.level, params.data))

    async def on_response(response) -> None:
        exchanges.append((response.request.method, response.status_code))

    http = create_mcp_http_client()
    http.event_hooks["response"].append(on_response)
    transport = streamable_http_client(url, http_client=http)
    async with http, Client(transport, mode=mode, logging_callback=on_log) as client:
        equal(client.protocol_version, "2026-07-28" if modern else "2025-11-25", "the revision")
        assert client.server_info and client.server_info.name, "the server has no name"
        assert client.server_capabilities.tools, "the server offers no tools"

        if modern:
            await headers(client)
            await missing_capability(client)
        else:
            await client.send_ping()
        await listing(client, modern)
        await content(client, modern)
        await progress(client)
        await errors(client)
        await logging(client, modern, logged)

    ended = [status for method, status in exchanges if method == "DELETE"]
    assert ended in ([[]] if modern else [[200], [204]]), f"how the session was deleted: {ended}"
    print(f"python {mode}: ok")


async def headers(client: Client) -> None:
    """Arguments that are mirrored in headers: not known before the list, then in any script."""
    for region in ["eu-west", "Zürich", " padded ", "=?base64?SGVsbG8=?="]:
        result = await client.call_tool("test_x_mcp_header", {"region": region})
        assert not result.is_error, f"the region {region!r}: {result.content}"


async def missing_capability(client: Client) -> None:
    """A tool that needs what this client doesn't offer says so, in the way the client can read."""
    error = await refused(client.call_tool("test_missing_capability"))
    equal(error.code, -32021, "the code of a missing capability")
    equal(error.data["requiredCapabilities"], {"sampling": {}}, "the capability that is missing")


async def listing(client: Client, modern: bool) -> None:
    """The tools are listed, all of them, each with what a client needs to show and call it."""
    page = await client.list_tools()
    tools = {tool.name: tool for tool in page.tools}
    equal(page.next_cursor, None, "the next page")
    equal(sorted(tool.name for tool in page.tools), TOOLS, "the tools listed")
    for tool in page.tools:
        assert tool.description, f"{tool.name} has no description"
        equal(tool.input_schema["type"], "object", f"the input schema of {tool.name}")
    equal(sorted(tools["add"].input_schema["required"]), ["a", "b"], "the arguments that add needs")
    output = tools["add"].output_schema
    assert output, "add has no output schema"
    integer = output if modern else output["properties"]["result"]
    equal(integer["type"], "integer", "the output schema of add")


async def content(client: Client, modern: bool) -> None:
    """Every kind of content arrives whole."""
    sum = await client.call_tool("add", {"a": 1, "b": 2})
    equal(sum.structured_content, 3 if modern else {"result": 3}, "the sum")
    assert not sum.is_error, "add failed"

    [text] = (await client.call_tool("test_simple_text")).content
    equal(text.text, "This is a simple text response for testing.", "the text")

    [image] = (await client.call_tool("test_image_content")).content
    check_image(image)

    [audio] = (await client.call_tool("test_audio_content")).content
    equal((audio.type, audio.mime_type), ("audio", "audio/wav"), "the audio")
    equal(b64decode(audio.data)[:4], b"RIFF", "the start of a WAV file")

    [embedded] = (await client.call_tool("test_embedded_resource")).content
    equal(str(embedded.resource.uri), "test://embedded-resource", "the embedded resource")
    equal(embedded.resource.text, "This is an embedded resource content.", "the embedded text")

    mixed = (await client.call_tool("test_multiple_content_types")).content
    equal([block.type for block in mixed], ["text", "image", "resource"], "the mixed content")
    check_image(mixed[1])
    equal(json.loads(mixed[2].resource.text), {"test": "data", "value": 123}, "the mixed resource")


def check_image(image) -> None:
    equal((image.type, image.mime_type), ("image", "image/png"), "the image")
    equal(b64decode(image.data)[1:4], b"PNG", "the start of a PNG file")


async def progress(client: Client) -> None:
    """Progress arrives while the tool runs, in order, before its result."""
    seen: list[tuple[float, float | None]] = []

    async def on_progress(progress: float, total: float | None, message: str | None) -> None:
        seen.append((progress, total))

    await client.call_tool("test_tool_with_progress", progress_callback=on_progress)
    equal(seen, [(0, 100), (50, 100), (100, 100)], "the progress seen")


async def errors(client: Client) -> None:
    """A tool's failure is a result that the model reads; a client's mistake is a JSON-RPC error."""
    failed = await client.call_tool("test_error_handling")
    assert failed.is_error, "test_error_handling succeeded"
    equal(failed.content[0].text, "This tool intentionally returns an error for testing", "the error")

    for name, arguments, argument in [
        ("add", {"a": 1}, "b"),
        ("add", {"a": 1, "b": "two"}, "b"),
        ("test_x_mcp_header", {}, "region"),
    ]:
        wrong = await client.call_tool(name, arguments)
        assert wrong.is_error, f"{name} took {arguments}"
        text = wrong.content[0].text
        assert re.search(rf"\b{argument}\b", text), f"{argument} is not named: {text}"

    error = await refused(client.call_tool("no_such_tool"))
    equal(error.code, -32602, "the code of an unknown tool")


async def logging(client: Client, modern: bool, logged: list) -> None:
    """The lines a tool logs arrive when their level is asked for, and only then."""

    async def call_at(level: str) -> None:
        logged.clear()
        if not modern:
            await client.set_logging_level(level)
        meta = {LOG_LEVEL: level} if modern else None
        await client.call_tool("test_tool_with_logging", meta=meta)

    await call_at("info")
    steps = ["Tool execution started", "Tool processing data", "Tool execution completed"]
    equal(logged, [("info", step) for step in steps], "the lines logged")
    await call_at("error")
    equal(logged, [], "the lines below the level")


async def refused(call) -> MCPError:
    try:
        result = await call
    except MCPError as error:
        return error
    raise AssertionError(f"expected a JSON-RPC error, got {result}")


def equal(actual, expected, what: str) -> None:
    assert actual == expected, f"{what}: expected {expected!r}, got {actual!r}"


asyncio.run(main(*sys.argv[1:]))
