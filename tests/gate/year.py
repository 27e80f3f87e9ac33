"""A year of one choice, gated again whenever something around it changes.

    python -m tests.gate.year        (from the repository's root)

writes `docs/gate-year.md`: what happened, the command, what it printed and its exit code. All
of it is real output of the program, on the catalog of `world.py` and a Hub on loopback; a test
runs the same script and compares.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from pick_model.cli.main import main
from tests.hub import Hub, Repo, serving

from .bench import TASK, probe_report
from .world import COMMITS, write_catalog

PAGE = Path(__file__).parents[2] / "docs" / "gate-year.md"
MOVED = "5e" * 20
ARRIVED = "abcdef0123" * 4  # the commit of what arrives in the world's catalog
POLICY = """\
license: permissive
limits:
  max_serving_memory_gib: 4
probe:
  required: true
  min_score: 0.85
rules:
  revision-moved: error
"""
EXCEPTION = """\
exceptions:
- rule: outside-top-group
  model: acme/base
  owner: ana@example.org
  reason: the migration to acme-next is planned for the summer
  expires: 2027-06-30
"""
HEAD = """\
# A year of one choice

Written by `python -m tests.gate.year`, and compared with what the program prints by a test. The
models are made up, so that the page does not change with the shipped catalog; the program and
its output are real, and so are the exit codes: 0 pass, 1 fail, 3 cannot tell.

The task:

```yaml
{task}```

The policy:

```yaml
{policy}```
"""


class Step(NamedTuple):
    """One command of the year."""

    told: str
    words: str
    output: str
    code: int


class Year:
    """A working folder, the catalog of the day, and the Hub of the day."""

    def __init__(self, folder: Path, hub: Hub) -> None:
        self.folder, self.hub = folder, hub
        self.repo = Repo(
            files={"model.safetensors": b"", "config.json": b"{}"},
            card={"license": "mit"},
            sha=COMMITS["acme-base"],
        )
        hub.repos = {"acme/base": self.repo}
        self.steps: list[Step] = []
        self._releases = 0

    def release(
        self,
        changes: Mapping[str, Mapping[str, Any]] | None = None,
        arrivals: Mapping[str, float] | None = None,
    ) -> None:
        """A new version of the catalog."""
        self._releases += 1
        shipped = write_catalog(self.folder / f".catalog-{self._releases}", changes, arrivals)
        mock.patch("pick_model.catalog.load.SHIPPED", shipped).start()

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def probe(self, name: str, score: float, commit: str) -> None:
        report = probe_report(score=score, revision=commit, made_on=None)
        self.write(name, json.dumps(report))

    def run(self, told: str, words: str, today: str) -> None:
        """Run one command as of a day."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = main([*words.split(), "--today", today])
        self.steps.append(Step(f"**{today}.** {told}", words, out.getvalue().rstrip(), code))


def walk(folder: Path) -> list[Step]:
    """Live through the year in an empty folder."""
    with serving({}) as hub, _within(folder, hub):
        year = Year(folder, hub)
        _a_year(year)
        return year.steps


@contextlib.contextmanager
def _within(folder: Path, hub: Hub) -> Iterator[None]:
    before = Path.cwd()
    wanted = {"HF_ENDPOINT": hub.url, "PICK_MODEL_CACHE": str(folder / ".cache")}
    with mock.patch.dict(os.environ, wanted):
        for name in ("HF_HUB_OFFLINE", "HF_TOKEN", "COLUMNS"):
            os.environ.pop(name, None)
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)
            mock.patch.stopall()


def _a_year(year: Year) -> None:
    gate = "gate"
    year.write("task.yaml", TASK)
    year.write("policy.yaml", POLICY)
    year.release()
    year.probe("probe.json", 0.90, COMMITS["acme-base"])
    year.run(
        "The choice is made, probed and locked; lock and policy are committed.",
        "lock task.yaml acme-base --probe probe.json",
        "2027-01-11",
    )
    year.run("The job runs the gate on every change.", gate, "2027-01-11")

    year.release({"acme-base": {"license": "CC-BY-NC-4.0"}})
    year.run(
        "The catalog is brought up to date, and the model's licence is another.", gate, "2027-02-01"
    )
    year.release()
    year.run("Its owner takes that back, and so does the catalog.", gate, "2027-02-15")

    year.repo.sha = MOVED
    year.run("The repository gets a new commit.", gate, "2027-03-01")
    year.probe("probe.json", 0.905, MOVED)
    year.run(
        "The change was read and is fine: probed again at the new commit, and locked there.",
        f"lock task.yaml acme-base --revision {MOVED} --probe probe.json",
        "2027-03-02",
    )
    year.run("The new lock holds.", gate, "2027-03-02")

    year.release(arrivals={"acme-next": 1e13})
    year.run("A better model arrives in the catalog.", gate, "2027-04-05")
    year.write("policy.yaml", POLICY + EXCEPTION)
    year.run(
        "There is no time to move now. An exception is granted until the end of June:\n\n"
        f"```yaml\n{EXCEPTION}```",
        gate,
        "2027-04-06",
    )

    tight = POLICY.replace("max_serving_memory_gib: 4", "max_serving_memory_gib: 0.3")
    year.write("policy.yaml", tight + EXCEPTION)
    year.run("Somebody wants smaller machines: `max_serving_memory_gib: 0.3`.", gate, "2027-05-03")
    year.write("policy.yaml", POLICY + EXCEPTION)
    year.run("Not with this model. The bound goes back to 4.", gate, "2027-05-04")

    year.probe("new.json", 0.898, MOVED)
    year.run(
        "Retrained on fresh data, a little worse: within the noise of the two probes.",
        "gate --probe new.json",
        "2027-06-07",
    )
    year.probe("new.json", 0.862, MOVED)
    year.run(
        "Retrained again, and now it fell: over the threshold still, and beyond the noise.",
        "gate --probe new.json",
        "2027-06-14",
    )

    year.run("The exception has ended.", gate, "2027-07-01")
    year.write("policy.yaml", POLICY)
    year.hub.repos = {"acme/next": Repo(files={"model.safetensors": b""}, sha=ARRIVED)}
    year.probe("probe.json", 0.93, ARRIVED)
    report = (year.folder / "probe.json").read_text(encoding="utf-8")
    year.write("probe.json", report.replace("acme/base", "acme/next"))
    year.run(
        "The migration is done: the better model is probed and locked, the exception removed.",
        "lock task.yaml acme-next --probe probe.json",
        "2027-07-05",
    )
    year.run("And passes.", gate, "2027-07-05")

    year.hub.fault = "500"
    year.run(
        "The Hub is down: whether the commit has moved cannot be told, so the run is neither pass "
        "nor fail.",
        gate,
        "2027-11-02",
    )
    year.run(
        "A job that must not wait for the Hub leaves that rule out, and says so.",
        "gate --ignore revision-moved",
        "2027-11-02",
    )


def page(steps: list[Step]) -> str:
    """The walk as a page of the docs."""
    parts = [HEAD.format(task=TASK, policy=POLICY)]
    for told, words, output, code in steps:
        parts.append(
            f"{told}\n\n```console\n$ pick-model {words}\n{output}\n$ echo $?\n{code}\n```\n"
        )
    return "\n".join(parts)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as scratch:
        text = page(walk(Path(scratch)))
    PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE.name}\n")
