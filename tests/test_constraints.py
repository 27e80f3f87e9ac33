"""constraints.txt pins everything the tests need, for the Python they run on."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT


def pins() -> dict[str, str]:
    """Version by package, of the lines that hold for this Python."""
    found = {}
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate():
                (pin,) = requirement.specifier
                assert pin.operator == "==", line
                found[canonicalize_name(requirement.name)] = pin.version
    return found


def needed(name: str, extras: frozenset[str], seen: set[tuple[str, str]]) -> set[str]:
    """Installed packages that `name[extras]` draws in, itself included."""
    found = {canonicalize_name(name)}
    for text in distribution(name).requires or ():
        requirement = Requirement(text)
        for extra in extras | {""}:
            key = (text, extra)
            if key in seen or not holds(requirement, extra):
                continue
            seen.add(key)
            try:
                found |= needed(requirement.name, frozenset(requirement.extras), seen)
            except PackageNotFoundError:  # torch's CPU build does without PyPI's CUDA packages
                assert re.match("nvidia|cuda|triton", requirement.name), text
    return found


def holds(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def test_every_package_that_the_tests_install_is_pinned() -> None:
    wanted = needed("pick-model", frozenset({"dev"}), set()) - {"pick-model"}
    assert len(wanted) > 50
    assert not wanted - pins().keys()
