"""What the Python client asks of the server, and what it must get."""

import asyncio
import json
import re
from base64 import b64decode
from pathlib import Path

from mcp import Client, MCPError
from mcp.client.subscriptions import PromptsListChanged, ResourcesListChanged, ResourceUpdated, ToolsListChanged
from mcp_types import PromptReference

TOOLS = json.loads(Path(__file__).with_name("tools.json").read_text())
LOG_LEVEL = "io.modelcontextprotocol/logLevel"
TEXT = "test://static-text"
WATCHED = "test://watched-resource"
ARGUMENTS = "test_prompt_with_arguments"
DEADLINE = 10
CHANGES = [
    "notifications/resources/updated",
    "notifications/resources/list_changed",
    "notifications/tools/list_changed",
    "notifications/prompts/list_changed",
]


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


async def resources(client: Client) -> None:
    """Resources are listed, those of templates aside, and read: texts, bytes, a skill, and one that a template makes."""
    page = await client.list_resources()
    listed = {resource.name: resource for resource in page.resources}
    equal(page.next_cursor, None, "the next page of resources")
    names = ["plain-words", "release-notes", "static-binary", "static-text", "watched-resource"]
    equal(sorted(listed), names, "the resources listed")
    words = listed["static-text"]
    equal((words.uri, words.title, words.mime_type), (TEXT, "Static text", "text/plain"), "the text listed")

    [template] = (await client.list_resource_templates()).resource_templates
    equal(template.uri_template, "test://template/{id}/data", "the template listed")

    text = await read(client, TEXT)
    equal((text.uri, text.mime_type), (TEXT, "text/plain"), "the text read")
    equal(text.text, "This is the content of the static text resource.", "the text read")

    image = await read(client, "test://static-binary")
    equal(image.mime_type, "image/png", "the media type of the image")
    equal(b64decode(image.blob)[1:4], b"PNG", "the start of a PNG file")
    equal(len(b64decode(image.blob)), listed["static-binary"].size, "the size listed")

    skill = await read(client, listed["plain-words"].uri)
    equal((skill.uri, skill.mime_type), ("skill://plain-words/SKILL.md", "text/markdown"), "the skill read")
    equal(skill.text[:22], "---\nname: plain-words\n", "the start of the skill")

    made = await read(client, "test://template/a%20b/data")
    data = {"id": "a b", "templateTest": True, "data": "Data for ID: a b"}
    equal(json.loads(made.text), data, "what the template makes")


async def read(client: Client, uri: str):
    """The only contents of a resource."""
    [contents] = (await client.read_resource(uri)).contents
    return contents


async def absent(client: Client, modern: bool) -> None:
    """A resource that isn't there is an error that names it."""
    for uri in ["test://nothing", "test://template/a/b/data"]:
        error = await refused(client.read_resource(uri))
        equal(error.code, -32602 if modern else -32002, "the code of an unknown resource")
        equal(error.data, {"uri": uri}, "the data of an unknown resource")


async def prompts(client: Client) -> None:
    """Prompts are listed with their arguments, and written: texts, an image and a resource."""
    page = await client.list_prompts()
    listed = {prompt.name: prompt for prompt in page.prompts}
    equal(page.next_cursor, None, "the next page of prompts")
    equal(len(page.prompts), 5, "the prompts listed")
    equal(listed["test_simple_prompt"].title, "A simple prompt", "the title listed")
    arguments = [(argument.name, argument.required) for argument in listed[ARGUMENTS].arguments]
    equal(arguments, [("arg1", True), ("arg2", True)], "the arguments listed")

    [simple] = (await client.get_prompt("test_simple_prompt")).messages
    equal((simple.role, simple.content.text), ("user", "This is a simple prompt for testing."), "a simple prompt")
    [filled] = (await client.get_prompt(ARGUMENTS, {"arg1": "Zürich", "arg2": "two"})).messages
    equal(filled.content.text, "Prompt with arguments: arg1='Zürich', arg2='two'", "a prompt with arguments")

    uri = "test://example-resource"
    embedding = await client.get_prompt("test_prompt_with_embedded_resource", {"resourceUri": uri})
    embedded, please = embedding.messages
    equal((embedded.content.type, embedded.content.resource.uri), ("resource", uri), "the resource in a prompt")
    equal(embedded.content.resource.text, "Embedded resource content for testing.", "its text")
    equal(please.content.text, "Please process the embedded resource above.", "what is said of it")
    image, _ = (await client.get_prompt("test_prompt_with_image")).messages
    check_image(image.content)

    error = await refused(client.get_prompt("no_such_prompt"))
    equal(error.code, -32602, "the code of an unknown prompt")
    error = await refused(client.get_prompt(ARGUMENTS, {"arg1": "one"}))
    equal(error.code, -32602, "the code of a missing argument")
    assert "arg2" in error.message, f"arg2 is not named: {error.message}"


async def completion(client: Client) -> None:
    """Values are suggested for what was typed, also by what is known of other arguments."""
    ref = PromptReference(type="ref/prompt", name=ARGUMENTS)
    words = (await client.complete(ref, {"name": "arg1", "value": "te"})).completion
    equal((words.values, words.total, words.has_more), (["test", "testament"], 2, False), "the words suggested")
    pairs = await client.complete(ref, {"name": "arg2", "value": ""}, {"arg1": "toast"})
    equal(pairs.completion.values, ["toast again"], "what goes with the other argument")


class Heard:
    """What a client in a session was told, in order."""

    def __init__(self) -> None:
        self.told: asyncio.Queue = asyncio.Queue()

    async def __call__(self, message) -> None:
        if getattr(message, "method", None) in CHANGES:
            self.told.put_nowait(message)

    async def next(self, method: str):
        """Waits for the next notification, which must be of this method."""
        message = await asyncio.wait_for(self.told.get(), DEADLINE)
        equal(message.method, f"notifications/{method}", "what the client is told")
        return message


async def subscriptions(client: Client, heard: Heard) -> None:
    """In a session the lists are told of unasked, and a resource from subscription to unsubscription."""
    await client.subscribe_resource(WATCHED)
    for _ in range(2):
        changed = await call_for_text(client, "test_trigger_resource_update")
        equal((await heard.next("resources/updated")).params.uri, WATCHED, "the resource updated")
        equal((await read(client, WATCHED)).text, changed, "what it holds")
    await client.unsubscribe_resource(WATCHED)
    await client.call_tool("test_trigger_resource_update")
    for kind in ["tool", "prompt", "resource"]:
        await client.call_tool(f"test_trigger_{kind}_change")
        await heard.next(f"{kind}s/list_changed")
    assert heard.told.empty(), f"what else the client was told: {heard.told}"


async def listening(client: Client) -> None:
    """A modern client opens a stream for what it wants to be told, and nothing else."""
    lists = {"tools_list_changed": True, "prompts_list_changed": True, "resources_list_changed": True}
    async with client.listen(**lists, resource_subscriptions=[WATCHED, "test://nothing"]) as everything:
        equal(everything.honored.resource_subscriptions, [WATCHED], "the resources listened to")
        for _ in range(2):
            changed = await call_for_text(client, "test_trigger_resource_update")
            equal(await event(everything), ResourceUpdated(WATCHED), "what the client is told")
            equal((await read(client, WATCHED)).text, changed, "what it holds")
        changes = {"tool": ToolsListChanged(), "prompt": PromptsListChanged(), "resource": ResourcesListChanged()}
        for kind, change in changes.items():
            await client.call_tool(f"test_trigger_{kind}_change")
            equal(await event(everything), change, "what the client is told")

    async with client.listen(prompts_list_changed=True) as prompts:
        for change in ["resource_update", "tool_change", "prompt_change"]:
            await client.call_tool(f"test_trigger_{change}")
        equal(await event(prompts), PromptsListChanged(), "what the client asked for")


async def event(subscription):
    return await asyncio.wait_for(anext(subscription), DEADLINE)


async def call_for_text(client: Client, tool: str) -> str:
    [text] = (await client.call_tool(tool)).content
    return text.text


async def reconnection(client: Client) -> None:
    """The server ends the response before the result, and the client comes back for it."""
    text = await call_for_text(client, "test_reconnection")
    equal(text, "The stream was closed, and taken up again.", "the result")


async def refused(call) -> MCPError:
    try:
        result = await call
    except MCPError as error:
        return error
    raise AssertionError(f"expected a JSON-RPC error, got {result}")


def equal(actual, expected, what: str) -> None:
    assert actual == expected, f"{what}: expected {expected!r}, got {actual!r}"
