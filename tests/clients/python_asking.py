"""The Python client is asked.

`python_asking.py <auto|legacy> <ask> <conformance>`, where the examples are URLs, or programs to start.
"""

import asyncio
import sys
import warnings
from typing import Any

from mcp import Client, MCPDeprecationWarning, StdioServerParameters
from mcp_types import CreateMessageResult, ElicitResult, ListRootsResult, Root, TextContent

from python_checks import equal, refused

# Sampling, roots and sessions are of the older revisions, and the client says so.
warnings.simplefilter("ignore", MCPDeprecationWarning)

# What each tool is called with, what it asks, and what comes of the answers.
COURSES = [
    ("greet", {}, ["Who are you?"], "Good evening, Ada! Window, without nuts."),
    ("deposit", {}, ["Please leave a deposit."], "The guest is on their way to the till."),
    ("wine", {"dish": "eel"}, ["In a word: which wine goes with eel?"], "Riesling goes with eel."),
    ("order", {}, ["And to follow?", "Which starter would you like?"], "soup, then fish"),
    ("table", {}, ["How many are you?", "Table 1 is by the window. Do you like it?"], "Table 1 for 4"),
    # It has no question: the first round ends so that the client can name the call when it comes back.
    ("tab", {}, [], "Tab 1"),
    ("tab", {}, [], "Tab 2"),
]
AT_TABLE = {
    "Who are you?": {"name": "Ada", "seat": "Window", "allergy": "nuts"},
    "Please leave a deposit.": None,
    "Which starter would you like?": {"answer": "soup"},
    "And to follow?": {"answer": "fish"},
    "How many are you?": {"answer": 4},
    "Table 1 is by the window. Do you like it?": {"answer": True},
    "What is the occasion?": {"answer": "the engine"},
    "Do you eat meat?": {"answer": False},
    "In a word: which wine goes with eel?": "Riesling",
}
CAPITAL = "What is the capital of France?"
FIXTURE = [
    ("test_elicitation", {"message": "Who are you?"}, ["Who are you?"], "User response: ada <ada@example.com>"),
    ("test_sampling", {"prompt": "Which engine?"}, ["Which engine?"], "LLM response: The analytical one."),
    ("test_input_required_result_list_roots", {}, ["roots"], "The client has 2 roots."),
    ("test_input_required_result_request_state", {}, ["Go on?"], "state-ok"),
    (
        "test_input_required_result_multiple_inputs",
        {},
        [CAPITAL, "What is your name?", "roots"],
        "Ada has 2 roots. Paris",
    ),
    (
        "test_input_required_result_multi_round",
        {},
        ["Ada, which colour do you like?", "What is your name?"],
        "Ada likes green.",
    ),
]
AT_THE_FIXTURE = {
    "What is your name?": {"name": "Ada"},
    "Ada, which colour do you like?": {"color": "green"},
    "What is it about?": {"context": "engines"},
    "Go on?": {"ok": True},
    "Who are you?": {"username": "ada", "email": "ada@example.com"},
    CAPITAL: "Paris",
    "Which engine?": "The analytical one.",
}


class Guest:
    """A user with a model, who remembers what either was asked."""

    def __init__(self, answers: dict[str, Any], action: str = "accept") -> None:
        self.answers = answers
        self.action = action
        self.questions: list[str] = []

    async def elicit(self, context, params) -> ElicitResult:
        content = self.answer(params.message)
        if params.mode == "url":
            equal(params.url, "https://pay.example.com/deposits", "the page")
        else:
            equal(params.requested_schema["type"], "object", "the form")
        return ElicitResult(action=self.action, content=content if self.action == "accept" else None)

    async def sample(self, context, params) -> CreateMessageResult:
        [message] = params.messages
        text = self.answer(message.content.text)
        return CreateMessageResult(model="sommelier", role="assistant", content=TextContent(type="text", text=text))

    async def roots(self, context) -> ListRootsResult:
        self.questions.append("roots")
        return ListRootsResult(roots=[Root(uri="file:///home/ada", name="Home"), Root(uri="file:///srv")])

    def answer(self, message: str) -> Any:
        self.questions.append(message)
        return self.answers[message]

    def asked(self) -> list[str]:
        """What was asked since, in any order: what is asked together is."""
        questions, self.questions = self.questions, []
        return sorted(questions)


class Example:
    """One of the examples, and how to connect with it."""

    def __init__(self, target: str, mode: str) -> None:
        url = target.startswith("http:")
        self.server = target if url else StdioServerParameters(command=target, args=["stdio"])
        self.mode = mode

    def client(self, guest: Guest | None) -> Client:
        """A client whose user is this guest. In 2026-07-28 it comes back with the answers by itself."""
        if guest is None:
            return Client(self.server, mode=self.mode)
        return Client(
            self.server,
            mode=self.mode,
            elicitation_callback=guest.elicit,
            sampling_callback=guest.sample,
            list_roots_callback=guest.roots,
        )


async def answers(client: Client, guest: Guest, calls: list) -> None:
    for name, arguments, asked, text in calls:
        result = await client.call_tool(name, arguments)
        equal([block.text for block in result.content], [text], f"what {name} gives")
        assert not result.is_error, f"{name} failed"
        equal(guest.asked(), asked, f"what {name} asks")


async def prompt(client: Client, guest: Guest, name: str, question: str, text: str) -> None:
    [message] = (await client.get_prompt(name)).messages
    equal(message.content.text, text, f"what {name} gives")
    equal(guest.asked(), [question], f"what {name} asks")


async def dines(ask: Example) -> None:
    """Every function of the example `ask` asks, and gets its answers."""
    guest = Guest(AT_TABLE)
    async with ask.client(guest) as client:
        await answers(client, guest, COURSES)
        toast = "Propose a toast to the engine, in one sentence."
        await prompt(client, guest, "toast", "What is the occasion?", toast)
        [menu] = (await client.read_resource("restaurant://menu")).contents
        equal(menu.text, "Soup, dumplings", "the menu")
        equal(guest.asked(), ["Do you eat meat?"], "what the menu asks")


async def fixture(conformance: Example) -> None:
    """The same of the example `conformance`."""
    guest = Guest(AT_THE_FIXTURE)
    async with conformance.client(guest) as client:
        await answers(client, guest, FIXTURE)
        name = "test_input_required_result_prompt"
        await prompt(client, guest, name, "What is it about?", "Keep this in mind: engines")


async def refuses(ask: Example) -> None:
    """What a user doesn't want to answer."""
    for action, text in [("decline", "The user declined."), ("cancel", "The question was not answered.")]:
        guest = Guest(AT_TABLE, action)
        async with ask.client(guest) as client:
            equal(await failure(client, "greet"), text, f"what comes of `{action}`")
            equal(guest.asked(), ["Who are you?"], "what was asked")


async def lacks(ask: Example, modern: bool) -> None:
    """What a client can't be asked, it is not asked."""
    async with ask.client(None) as client:
        for name, arguments, required, (what, capability) in [
            ("greet", {}, {"elicitation": {"form": {}}}, ("ask its user with a form", "elicitation")),
            ("wine", {"dish": "eel"}, {"sampling": {}}, ("sample its model", "sampling")),
        ]:
            if modern:
                error = await refused(client.call_tool(name, arguments))
                equal(error.code, -32021, "the code")
                equal(error.data["requiredCapabilities"], required, "the capability that is missing")
            else:
                text = f"This needs a client that can {what}, and this one does not declare `{capability}`."
                equal(await failure(client, name, arguments), text, "the failure")


async def failure(client: Client, name: str, arguments: dict | None = None) -> str:
    """What a tool that fails tells the model."""
    result = await client.call_tool(name, arguments or {})
    assert result.is_error, f"{name} succeeded: {result.content}"
    [block] = result.content
    return block.text


async def main(mode: str, ask: str, conformance: str) -> None:
    modern = mode == "auto"
    await dines(Example(ask, mode))
    await refuses(Example(ask, mode))
    await lacks(Example(ask, mode), modern)
    await fixture(Example(conformance, mode))
    print(f"python_asking {mode}: ok")


asyncio.run(main(*sys.argv[1:]))
