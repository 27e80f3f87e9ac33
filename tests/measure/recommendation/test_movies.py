"""Films whose tastes we know: what real and random encoders are said to find of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pick_model.measure.recommendation.run import recommend_items
from pick_model.measure.recommendation.settings import Settings
from tests.encoders.models import reinitialised
from tests.measure.recommendation.movies import N_WORDS, SUBJECTS, films, read

pytest.importorskip("torch")


def test_no_word_tells_of_two_films_and_each_subject_has_as_many() -> None:
    words = [word for text in SUBJECTS.values() for word in text.split()]
    assert len(set(words)) == len(words) == len(SUBJECTS) * N_WORDS


def test_the_designs_say_what_they_are_said_to_say(tmp_path: Path) -> None:
    subjects, meaning = films("meaning", 48, seed=1)
    assert {genres for _, genres in meaning} == {"(no genres listed)"}
    _, finer = films("finer", 48, seed=1)
    told = {subject // 3: genres for subject, (_, genres) in zip(subjects, finer, strict=True)}
    assert told == {0: "Action", 1: "Drama", 2: "Comedy", 3: "Adventure"}
    assert {genres for _, genres in finer} == set(told.values())
    _, noise = films("noise", 240, seed=1)
    own = [list(SUBJECTS)[s] in genres for s, (_, genres) in zip(subjects, noise, strict=False)]
    assert sum(own) < len(own) / 4
    data = read(tmp_path, "both", n_users=40, n_items=48)
    assert (len(data.users), len(data.ids), data.timed) == (40, 48, True)
    assert all(", " in text.partition(". ")[2] for text in data.texts)  # two genres or more


@pytest.mark.slow
def test_a_real_encoder_transfers_where_titles_mean_something_and_a_random_one_does_not(
    minilm: Path, tmp_path: Path
) -> None:
    """Also where a genre, a word that films share, lets the random one beat popularity."""
    random = reinitialised(minilm, tmp_path / "random")
    data = read(tmp_path, "finer", n_users=300, n_items=192)
    settings = Settings(trained=True, budget_seconds=3600, cache=tmp_path / "cache")
    found = {
        one.model: one
        for one in recommend_items([str(minilm), str(random)], data, settings).results
    }
    real, drawn = found[str(minilm)], found[str(random)]
    assert real.verdict == "transfers"
    assert real.over["popularity"].low > 0
    assert real.over["untrained"].low > 0
    assert real.over["words"].low > 0
    assert drawn.verdict != "transfers"
