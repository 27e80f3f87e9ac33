"""One page of HTML that needs nothing but itself: no network, no other file.

Everything in it that came from elsewhere is text: the templates escape, the data of the script
can end no element, and the page's own policy allows the two scripts and the style that it
carries, by their digests, and nothing else.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pick_model.escape import in_json, plain
from pick_model.files import digest
from pick_model.render.html.blocks import Sheet

# The parts of the script of a ranking, in the order in which they begin.
RANKING = ("state", "figures", "elements", "weights", "table", "plot", "bars", "update")
# What could end a script element or begin a comment in it; JSON has the same as escapes.
_IN_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def written(sheet: Sheet) -> str:
    """The page of a sheet. Same sheet, same bytes."""
    style = asset("page.css")
    scripts = [asset("rank.js"), ranking_script()] if sheet.data is not None else []
    scripts.append(asset("page.js"))
    return (
        _templates()
        .get_template("page.html")
        .render(
            sheet=sheet,
            style=_unescaped(style),
            scripts=list(map(_unescaped, scripts)),
            data=None if sheet.data is None else _unescaped(embedded(sheet.data)),
            policy="; ".join(
                [
                    "default-src 'none'",
                    f"style-src {_allowed(style)}",
                    f"script-src {' '.join(map(_allowed, scripts))}",
                    "base-uri 'none'",
                    "form-action 'none'",
                ]
            ),
        )
    )


def embedded(data: Mapping[str, Any]) -> str:
    """JSON to stand inside a script element: the same values, and nothing that ends it."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return in_json(text).translate(_IN_SCRIPT).encode("utf-8", "replace").decode()


def _unescaped(text: str) -> Markup:
    """A file of the package, or data that `embedded` made inert, to stand as it is."""
    return Markup(text)  # noqa: S704


@cache
def ranking_script() -> str:
    """The parts of a ranking that answer, in one scope of their own."""
    parts = "".join(asset(f"ranking/{name}.js") for name in RANKING)
    return f'(function () {{\n"use strict";\n{parts}}})();\n'


@cache
def asset(name: str) -> str:
    """The text of a style sheet or script that the package carries."""
    return (files(__package__) / "assets" / name).read_text(encoding="utf-8")


def _allowed(text: str) -> str:
    """A text of the page as its content security policy names it."""
    return f"'sha256-{b64encode(bytes.fromhex(digest(text))).decode()}'"


@cache
def _templates() -> Environment:
    found = Environment(
        loader=PackageLoader(__package__, "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_safe,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["linked"] = linked
    return found


def _safe(value: Any) -> Any:
    """Text without what moves the cursor or turns the reading direction; markup as it is."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def linked(address: str | None) -> str | None:
    """An address that a page may link to; None for a `javascript:`, a path, or nothing."""
    if address is None or not address.lower().startswith(("https://", "http://")):
        return None
    return address
