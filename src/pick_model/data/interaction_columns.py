"""Which column of a file of interactions, or of items, plays which part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pick_model.data.column_names import LABELS, all_known, first, words
from pick_model.data.headers import missing_header
from pick_model.data.labels import as_number
from pick_model.data.peek import Peek, filled, holds_text
from pick_model.data.source import DataFile
from pick_model.errors import InputError, did_you_mean, typed
from pick_model.words.say import message

# Names in public data sets (MovieLens, Amazon, Yelp, Book-Crossing, Last.fm, MIND, H&M,
# RetailRocket), the more telling first; compared as `column_names.plain` leaves them.
_ITEMS = (
    *("item", "item_id", "movie", "movie_id", "product", "product_id", "parent_asin", "asin"),
    *("book", "book_id", "isbn", "track", "track_id", "song", "song_id", "artist_id"),
    *("article_id", "news_id", "business_id", "sku", "stock_code", "game", "game_id", "app_id"),
    *("recipe_id", "listing_id", "job_id", "course_id", "video_id", "anime_id", "tmdb_id"),
)
NAMES: dict[str, tuple[str, ...]] = {
    "user": (
        *("user", "user_id", "userid", "uid", "visitor", "visitor_id", "customer", "customer_id"),
        *("client_id", "member_id", "account_id", "reader_id", "reviewer", "reviewer_id"),
        *("person_id", "session", "session_id", "username", "user_name"),
    ),
    "item": _ITEMS,
    "timestamp": (
        *("timestamp", "time", "datetime", "date", "unix_review_time", "created_at", "t_dat"),
        *("event_time", "invoice_date", "review_time", "order_date", "purchase_date", "ts"),
    ),
    "rating": ("rating", "overall", "stars", "score", "book_rating", "user_rating"),
}
# Columns of an item that say what it is, in the order in which they are read.
TEXTS = (
    *("text", "title", "name", "movie_title", "book_title", "product_title", "prod_name"),
    *("product_name", "item_name", "headline", "subtitle", "brand", "author", "artist"),
    *("genres", "genre", "category", "categories", "main_category", "subcategory"),
    *("product_type_name", "section", "topic", "tags", "description", "detail_desc", "features"),
    *("abstract", "overview", "summary", "plot", "body", "content"),
)
# Words in the names of columns that make more of a row than who took what.
_MORE = frozenset({*TEXTS, *LABELS, "comment", "review", "message", "sentence"})
INTERACTION_PARTS = tuple(NAMES)
PARTS = (*INTERACTION_PARTS, "text")  # that a user may name


def interaction_columns(
    source: DataFile, there: Sequence[str], peek: Peek, named: Mapping[str, str]
) -> dict[str, str]:
    """The column of the user and of the item; of time and rating where there are any.

    named: columns that the user names, by part. Raises InputError.
    """
    found: dict[str, str] = {}
    for part in INTERACTION_PARTS:
        column = named.get(part)
        if column is not None and column not in there:
            raise _not_there(source, column, there)
        if column is None:
            left = [name for name in there if name not in found.values()]
            column = first(left, NAMES[part])
        if column is not None:
            found[part] = column
        elif part in ("user", "item"):
            if missing_header(source, there, peek) is not None:
                options = typed("columns", ",".join(_likely(there)))
                raise source.error(
                    message("header-is-data"), 1, message("name-columns", options=options)
                )
            raise source.error(
                message("no-column-for-part", part=part, columns=tuple(there[:12])),
                hint=message("name-search-column", part=part),
            )
    return found


def item_columns(
    source: DataFile, there: Sequence[str], peek: Peek, named: Mapping[str, str], item: str
) -> tuple[str, tuple[str, ...]]:
    """The column of the id, and those of the text in the order in which they are read.

    item: the column of the interactions' items, whose name the id mostly has here too. A text
    of several columns is named with commas between. Raises InputError.
    """
    own = named.get("item")
    identity = own if own in there else item if item in there else first(there, (*_ITEMS, "id"))
    if identity is None:
        if missing_header(source, there, peek) is not None:
            raise source.error(message("header-is-data"), 1, message("write-item-header"))
        raise source.error(
            message("no-column-for-part", part="item", columns=tuple(there[:12])),
            hint=message("name-search-column", part="item"),
        )
    if "text" in named:
        texts = [named["text"]] if named["text"] in there else named["text"].split(",")
        for column in texts:
            if column.strip() not in there:
                raise _not_there(source, column.strip(), there)
        return identity, tuple(column.strip() for column in texts)
    left = [name for name in there if name != identity]
    known = all_known(left, TEXTS) or [name for name in left if _is_text(peek[name])]
    if not known:
        raise source.error(
            message("no-column-for-part", part="text", columns=tuple(there[:12])),
            hint=message("name-search-column", part="text"),
        )
    return identity, tuple(known)


def holds_interactions(there: Sequence[str]) -> tuple[str, str] | None:
    """The columns of user and item of a header with nothing that could be classified."""
    found = {part: first(there, names) for part, names in NAMES.items()}
    user, item = found["user"], found["item"]
    rest = [name for name in there if name not in found.values()]
    if user is None or item is None or any(_MORE & {*words(name)} for name in rest):
        return None
    return user, item


def _likely(first_row: Sequence[str]) -> list[str]:
    """Names for columns without any, as public files mostly have them."""
    found = ["user", "item"]
    for place, cell in enumerate(first_row[2:], start=3):
        # A scale of stars ends at 10 or 100; seconds and dates do not.
        part = "rating" if (as_number(cell) or 1e9) <= 100 else "timestamp"
        found.append(part if part not in found else f"column{place}")
    return found


def _is_text(cells: Sequence[object]) -> bool:
    """Whether cells are words; a link is none."""
    told = [str(cell) for cell in filled(cells)]
    return holds_text(cells) and not any("://" in cell for cell in told)


def _not_there(source: DataFile, column: str, there: Sequence[str]) -> InputError:
    return source.error(
        message("no-column-named", name=column, option="column"), hint=did_you_mean(column, there)
    )
