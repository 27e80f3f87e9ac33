"""`pick-model mcp`: the commands as tools of the Model Context Protocol, over stdin and stdout."""

from __future__ import annotations

import gc
import json
from typing import TYPE_CHECKING, Any

from pick_model import __version__
from pick_model.cli.schema import json_schema
from pick_model.cli.tools import TOOLS, call, input_schema
from pick_model.errors import MissingExtra

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

HOW_TO_USE = (
    "Choose a pretrained model. Describe the task in `profile` (task, languages, n_labels, n_rows, "
    "constraints), call recommend, then explain a candidate or estimate its costs. Figures are "
    "intervals at 90 %; scores of bounded metrics are fractions."
)


def mcp() -> None:
    """Serve the advice and the catalog to an agent, over stdio.

    Ends when its stdin does. Nothing leaves the machine but what a tool is asked of the Hub.

    Examples:
      pick-model mcp
    """
    try:
        import anyio
        from mcp.server.stdio import stdio_server
    except ImportError:
        raise MissingExtra("pick-model mcp", "mcp") from None

    gc.enable()  # a server lives on

    async def serve() -> None:
        async with stdio_server() as (reading, writing):
            made = server()
            await made.run(reading, writing, made.create_initialization_options())

    anyio.run(serve)


def server() -> Server[Any]:
    """The tools of `TOOLS` as a server of the SDK."""
    from mcp import types
    from mcp.server.lowlevel import Server

    async def listed(_context: Any, _params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(
            tools=[
                types.Tool(
                    name=name,
                    description=tool.told,
                    input_schema=input_schema(tool),
                    output_schema=json_schema(tool.document),
                    annotations=types.ToolAnnotations(read_only_hint=True),
                )
                for name, tool in TOOLS.items()
            ]
        )

    async def called(_context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        answer = call(params.name, params.arguments or {})
        text = json.dumps(answer.document, ensure_ascii=False)
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=text)],
            structured_content=answer.document,
            is_error=answer.is_error,
        )

    return Server(
        "pick-model",
        version=__version__,
        instructions=HOW_TO_USE,
        on_list_tools=listed,
        on_call_tool=called,
    )
