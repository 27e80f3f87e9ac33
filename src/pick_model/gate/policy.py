"""Read a policy, and see that every name in it means something."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pick_model.catalog.catalog import Catalog
from pick_model.documents.policy import Policy
from pick_model.documents.reader import Parsed, check, read_yaml
from pick_model.errors import Location, SchemaError, UnknownName, WrongValue, did_you_mean
from pick_model.gate.case import PolicyFile
from pick_model.gate.paths import shown
from pick_model.gate.rules.rules import code_of
from pick_model.record import replace
from pick_model.words.say import message

POLICY_NAME = "policy.yaml"
# An exception to the rules about exceptions would make an expiry date mean nothing.
NO_EXCEPTIONS = ("PM901", "PM902")


def read_policy(path: Path | None) -> PolicyFile:
    """The policy with rules named by code; the default one without a file.

    Raises InputError or SchemaError, with file and line.
    """
    if path is None:
        return PolicyFile(Policy())
    lines = read_yaml(path, name=shown(path))
    policy = check(lines, Policy)
    rules = {
        _code(name, lines.location(("rules", name))): severity
        for name, severity in policy.rules.items()
    }
    if len(rules) < len(policy.rules):
        raise SchemaError(message("rule-twice"), location=lines.location(("rules",)))
    exceptions = []
    for index, exemption in enumerate(policy.exceptions):
        where = lines.location(("exceptions", index, "rule"))
        code = _code(exemption.rule, where)
        if code in NO_EXCEPTIONS:
            raise SchemaError(message("rule-without-exception", code=code), location=where)
        exceptions.append(replace(exemption, rule=code))
    known = replace(policy, rules=rules, exceptions=tuple(exceptions))
    return PolicyFile(known, lines, path)


def _code(name: str, where: Location) -> str:
    try:
        return code_of(name)
    except WrongValue as wrong:
        raise SchemaError(wrong.told, location=where, hint=wrong.hint) from None


def check_names(rules: PolicyFile, catalog: Catalog) -> None:
    """Refuse names nobody has heard of: a misspelt ban would silently allow the model.

    Raises UnknownName with the line.
    """
    policy, lines = rules.policy, rules.lines
    if lines is None:
        return
    for kind in ("require", "ban"):
        for index, name in enumerate(getattr(policy.models, kind)):
            if name not in catalog.banned:
                _known(catalog.find, name, lines, "models", kind, index)
        for index, name in enumerate(getattr(policy.families, kind)):
            _known(partial(_family, catalog), name, lines, "families", kind, index)


def _known(find: Callable[[str], object], name: str, lines: Parsed, *path: str | int) -> None:
    try:
        find(name)
    except UnknownName as error:
        error.location = lines.location(path)
        raise


def _family(catalog: Catalog, name: str) -> None:
    families = {family.lower() for _, family in catalog.entries.column("family")}
    if name.lower() not in families:
        hint = did_you_mean(name, sorted(families))
        raise UnknownName(message("unknown-family", name=name), hint=hint)


class Judge(NamedTuple):
    """The policy that judges, and the files of those it goes before."""

    rules: PolicyFile
    instead_of: tuple[str, ...] = ()


class Policies:
    """Which policy judges what lies where: the one given, else the one beside it or above."""

    def __init__(self, given: Path | None = None) -> None:
        self._given = given
        self._read: dict[Path | None, PolicyFile] = {}

    def judging(self, folder: Path) -> Judge:
        """The policy for what lies in a folder.

        The nearest one, from the folder up to the top of its repository; but one above that
        says `below: always` goes before all that are nearer, and one that says `below: never`
        judges its own folder alone. Raises InputError or SchemaError.
        """
        if self._given is not None:
            return Judge(self._at(self._given))
        found: list[PolicyFile] = []  # the one that judges first
        for where in _upwards(folder):
            path, above = where / POLICY_NAME, where != folder
            if not os.path.lexists(path):
                continue
            rules = self._at(path)
            if above and rules.policy.below == "never":
                continue
            found.insert(0 if above and rules.policy.below == "always" else len(found), rules)
        if not found:
            return Judge(self._at(None))
        return Judge(found[0], tuple(rules.file or "" for rules in found[1:]))

    def _at(self, path: Path | None) -> PolicyFile:
        if path not in self._read:
            self._read[path] = read_policy(path)
        return self._read[path]


def _upwards(folder: Path) -> list[Path]:
    """The folder and those above it: to the one that holds .git, else to the working folder.

    Beyond these somebody else's policy.yaml may lie. A folder that is in neither stands alone.
    """
    start, here = Path(os.path.abspath(folder)), Path.cwd()
    line = [start, *start.parents]
    top = next((at for at in line if (at / ".git").exists()), here)
    if top not in line:
        return [folder]
    steps = line.index(top)
    return [folder, *(Path(os.path.relpath(at)) for at in line[1 : steps + 1])]
