"""What a table is for where its rows are not texts with a label each: by names and by cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pick_model.data.column_names import TEXTS, plain, words
from pick_model.data.figures import of_figures, of_series
from pick_model.data.files_as_rows import column_of_files, files_in
from pick_model.data.interaction_columns import NAMES
from pick_model.data.look import Look, Purpose
from pick_model.data.peek import filled
from pick_model.data.spans import of_spans
from pick_model.data.translations import of_named_languages, of_two_languages
from pick_model.vocabulary.tasks import TRANSFORMING
from pick_model.words.say import message

# Columns that tell what a file is for, by the names that data sets on the Hub give them: SQuAD;
# CNN/DailyMail, XSum, SAMSum and BillSum; MS MARCO; triplets of Sentence Transformers; Alpaca,
# Dolly and pairs of preferences.
BY_COLUMNS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("question-answering", (("question",), ("context", "passage", "paragraph"),
                            ("answers", "answer", "answer_text", "answer_start"))),
    ("summarization", (("document", "article", "text", "dialogue", "report", "content", "body"),
                       ("summary", "highlights", "abstract", "tldr"))),
    ("feature-extraction", (("anchor", "query"), ("positive", "pos"), ("negative", "neg"))),
    ("text-ranking", (("query",), ("passage", "document", "positive", "passages"))),
    ("feature-extraction", (("anchor",), ("positive",))),
    ("text-generation", (("instruction", "prompt"),
                         ("output", "response", "completion", "chosen"))),
    ("text-generation", (("messages", "conversations"),)),
)  # fmt: skip
LABELLED = ("label", "labels", "tags", "ner_tags")
# Columns beside files: what is said of an image, or in a sound.
SPOKEN = ("sentence", "transcript", "transcription", "transcripts", "text", "normalized_text")
WRITTEN = ("caption", "captions", "text", "description", "transcription", "sentence", "alt_text")
BOXES = ("objects", "bbox", "bboxes", "boxes", "xmin", "x_min", "annotations")
# What a column is called that names an item rather than tells of it.
TITLES = frozenset({"title", "name", "headline", "description"})
A_REVIEW = 6  # words, by hand: names and titles of items mostly have fewer


def purpose_of(look: Look, label: str | None = None) -> Purpose | None:
    """The first purpose that fits; None where the rows may be texts with labels.

    label: the column of the target that the user names; then only tables of figures are told.
    """
    if label is not None:
        return of_figures(look, label) if label in look.columns else None
    return next((found for fits in PURPOSES if (found := fits(look)) is not None), None)


def _of_files(look: Look) -> Purpose | None:
    """Images or sounds and what is written of them."""
    file = column_of_files(look.cells, None)
    if file is None:
        return None
    kind = files_in(look.cells[file])
    if kind == "image":
        return _of_images(look, file)
    text = _text_beside(look, file, SPOKEN)
    if kind != "audio" or text is None:
        return None
    why = message("init-speech", file=file, text=text)
    return Purpose("automatic-speech-recognition", "likely", why, (text,))


def _text_beside(look: Look, file: str, names: tuple[str, ...]) -> str | None:
    """The column of texts that say what the files hold; None where there are labels, or none."""
    text = look.first(names) or next((n for n in look.prose if n != file), None)
    if text is None or text == file or look.label is not None:
        return None
    return None if look.holds_classes(text) and text not in look.prose else text


def _of_images(look: Look, file: str) -> Purpose | None:
    boxes = look.first(BOXES)
    if boxes is not None:
        return Purpose("object-detection", "likely", message("init-columns", columns=(file, boxes)))
    others = [n for n in look.columns if n != file and files_in(look.cells[n]) == "image"]
    if others and {"mask", "masks", "segmentation", "annotation"} & {*words(others[0])}:
        columns = (file, others[0])
        return Purpose("image-segmentation", "likely", message("init-columns", columns=columns))
    asked, answer = look.first(("question", "query")), look.first(("answer", "answers"))
    if asked is not None and answer is not None:
        why = message("init-columns", columns=(file, asked, answer))
        return Purpose("visual-question-answering", "likely", why, (asked,))
    text = _text_beside(look, file, WRITTEN)
    if text is None:
        return None
    why = message("init-captions", file=file, text=text)
    return Purpose("image-to-text", "likely", why, (text,))


def _of_interactions(look: Look) -> Purpose | None:
    """Who took what, with no review of it to read."""
    user, item = look.first(NAMES["user"]), look.first(NAMES["item"])
    if user is None or item is None or look.first(LABELLED[1:]) is not None:
        return None
    if any(_is_review(look, name) for name in look.prose):
        return None
    return Purpose("item-recommendation", "likely", message("init-columns", columns=(user, item)))


def _is_review(look: Look, name: str) -> bool:
    if TITLES & {*words(name)}:
        return False
    if plain(name) in {plain(text) for text in TEXTS} | {"reviewtext", "reviewbody"}:
        return True
    lengths = sorted(len(str(cell).split()) for cell in filled(look.cells[name]))
    return lengths[len(lengths) // 2] >= A_REVIEW


def _of_roles(look: Look) -> Purpose | None:
    """Columns of well-known names, and no label of the whole row beside them."""
    if look.first(LABELLED) is not None:
        return None
    for task, roles in BY_COLUMNS:
        parts = [_playing(look, names) for names in roles]
        used = tuple(part for part in parts if part is not None)
        if None in parts or len(set(used)) < len(parts):
            continue
        if task == "summarization" and look.label is not None:
            continue  # a review and its heading
        if (
            task == "question-answering"
            and look.holds_classes(used[-1])
            and not _is_word(look, used[-1])
        ):
            continue  # a question of yes or no about a passage
        read = used[:1] if task in TRANSFORMING else used[:2]
        return Purpose(task, "likely", message("init-columns", columns=used), read)
    asked, answer = look.first(("question",)), look.first(("answer", "answers"))
    if asked in look.prose and answer in look.prose and look.label is None:
        columns = (str(asked), str(answer))
        why = message("init-answers", columns=columns)
        return Purpose("text-generation", "unsure", why, columns)
    return None


def _playing(look: Look, names: Sequence[str]) -> str | None:
    """The column of a name; else a nested one, as SQuAD's "paragraphs.0.qas.0.question"."""
    found = look.first(names)
    nested = {name.rsplit(".", 1)[-1]: name for name in reversed(look.columns) if "." in name}
    return found or next((nested[name] for name in names if name in nested), None)


def _is_word(look: Look, name: str) -> bool:
    """Whether the cells are more than a few: an answer found in a text, not one of two."""
    return len({str(cell) for cell in filled(look.cells[name])}) > MOST_VERDICTS


MOST_VERDICTS = 5  # yes, no, true, false, maybe; by hand


def of_unlabelled(look: Look) -> Purpose | None:
    """Texts with nothing beside them that could be a label; None where something could."""
    if not look.prose:
        return None
    texts = tuple(look.prose[:2])
    why = message("init-unlabelled", columns=texts)
    return Purpose("feature-extraction", "unsure", why, texts)


PURPOSES: tuple[Callable[[Look], Purpose | None], ...] = (
    *(of_spans, _of_files, _of_interactions, of_named_languages, _of_roles),
    *(of_two_languages, of_series, of_figures),
)
