"""What may be used under a licence: of an adapter its own and its base model's."""

from __future__ import annotations

import pytest

from pick_model.advise.constraints import check_facts
from pick_model.documents.task import Constraints
from pick_model.errors import WrongValue
from pick_model.words.say import say
from tests.advise.helpers import entry, profile

PERMISSIVE = profile(constraints=Constraints(license=("permissive",)))


@pytest.mark.parametrize(
    ("own", "base", "why"),
    [
        ("MIT", "Apache-2.0", None),
        ("MIT", "CC-BY-NC-4.0", "CC-BY-NC-4.0"),
        ("CC-BY-NC-4.0", "MIT", "CC-BY-NC-4.0"),
        ("MIT", None, "unknown"),
        (None, "MIT", "unknown"),
    ],
)
def test_both_licences_of_an_adapter_must_be_allowed(
    own: str | None, base: str | None, why: str | None
) -> None:
    adapter = entry(license=own, adapter=True, base_model="base", base_license=base)
    broken = check_facts(adapter, PERMISSIVE)
    assert (broken is None) == (why is None)
    assert broken is None or (why or "") in say(broken.reason)


def test_a_base_models_licence_is_no_matter_of_what_is_loaded_without_it() -> None:
    assert check_facts(entry(license="MIT", base_model="base"), PERMISSIVE) is None
    with pytest.raises(WrongValue, match="only an adapter"):
        entry(license="MIT", base_license="MIT")
