"""In which language a person is told: `--lang`, else the locale's, else English.

It is settled before typer reads the command line, so that what is wrong there is told in it, too.
"""

from __future__ import annotations

import functools
import inspect
import os
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from pick_model.cli.options import Lang
from pick_model.cli.streams import say
from pick_model.errors import UsageError
from pick_model.words.reader import LANGUAGES, characters, phrase, speak
from pick_model.words.say import message

# What these print has words in every language; the rest, and all help, is English.
SPEAKING = ("recommend", "explain", "compare", "screen", "probe", "select", "gate")
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set counts, as in POSIX
C = TypeVar("C", bound=Callable[..., Any])


def settle(arguments: Sequence[str]) -> None:
    """Speak the language that is asked for. Raises UsageError for one that has no words here."""
    speak("en")
    if not arguments or arguments[0] not in SPEAKING or "--help" in arguments:
        return
    given = asked_for(arguments)
    if given is not None and (language := _language(given)) in LANGUAGES:
        given = language
    _speak_if_shown(given if given in LANGUAGES else of_locale())
    if given is not None and given not in LANGUAGES:
        known = message("one-of", names=tuple(LANGUAGES), more=0)
        raise UsageError(message("language-unknown-here", language=given), hint=known)


def asked_for(arguments: Sequence[str]) -> str | None:
    """What --lang says, the last one where there are several; None without."""
    found = None
    words = iter(arguments)
    for word in words:
        if word == "--":
            break
        if word == "--lang":
            found = next(words, found)
        elif word.startswith("--lang="):
            found = word.partition("=")[2]
    return found


def of_locale() -> str:
    """The language of the locale; English where it has no words here: zh of zh_CN.UTF-8."""
    named = next(filter(None, map(os.environ.get, LOCALE)), "")
    language = _language(named)
    return language if language in LANGUAGES else "en"


def _language(name: str) -> str:
    """The language that a locale or a tag names: zh of zh_CN.UTF-8, ZH and zh-TW."""
    return re.split(r"[-_.@]", name, maxsplit=1)[0].lower()


def _speak_if_shown(language: str) -> None:
    """Speak it where both streams can write its characters; say so in English where not."""
    speak(language)
    for stream in (sys.stdout, sys.stderr) if language != "en" else ():
        encoding = getattr(stream, "encoding", None) or "utf-8"
        try:
            characters().encode(encoding)
        except (UnicodeEncodeError, LookupError):
            speak("en")
            say(phrase("language-not-shown", encoding=encoding, language=language), "note")
            return


def speaking(command: C) -> C:
    """The command with --lang, of which `settle` has taken care."""

    @functools.wraps(command)
    def run(lang: str | None = None, **given: Any) -> Any:  # noqa: ARG001 - read by settle
        return command(**given)

    signature = inspect.signature(command, eval_str=True)
    own = inspect.Parameter("lang", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Lang)
    parameters = (*signature.parameters.values(), own)
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    return cast("C", run)
