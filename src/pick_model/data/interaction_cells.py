"""Cells of interactions and items: ids, texts, times and ratings, each as what it stands for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timezone

from pick_model.data.search_rows import text_of
from pick_model.data.source import DataFile
from pick_model.words.say import message


def item_text(source: DataFile, row: int, cell: object) -> str:
    """A cell as text; of a list, or of Action|Comedy, its parts with commas between."""
    if isinstance(cell, list | tuple):
        return ", ".join(str(part).strip() for part in cell if part)
    return text_of(source, row, {"text": cell}, "text").replace("|", ", ")


def id_of(source: DataFile, row: int, cell: object, part: str) -> str:
    """An id as text; 7.0, as a column with gaps is written, is 7."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    name = text_of(source, row, {part: cell}, part)
    if not name:
        told = message("search-id-missing", part=part)
        raise source.error(told, row, message("write-or-delete-row", part=part))
    return name


def time_of(source: DataFile, row: int, cell: object) -> float:
    """Seconds: a number as it is, an ISO date or time as UTC where it names no zone."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=cell.tzinfo or timezone.utc).timestamp()
    told = text_of(source, row, {"timestamp": cell}, "timestamp")
    try:
        found = float(told)
    except ValueError:
        try:
            date = datetime.fromisoformat(told.replace("Z", "+00:00"))
            found = date.replace(tzinfo=date.tzinfo or timezone.utc).timestamp()
        except (ValueError, OverflowError):
            found = math.nan
    if not math.isfinite(found):
        raise source.error(message("no-time", told=told[:40]), row, message("write-time"))
    return found


def rating_of(source: DataFile, row: int, cell: object) -> float:
    found = number_of(source, row, {"rating": cell}, "rating")
    if found is None:
        told = text_of(source, row, {"rating": cell}, "rating")
        raise source.error(message("no-rating", told=told[:40]), row, message("write-rating"))
    return found


def number_of(source: DataFile, row: int, cells: Mapping[str, object], part: str) -> float | None:
    """A cell as a finite number; None for anything else."""
    try:
        found = float(text_of(source, row, cells, part))
    except ValueError:
        return None
    return found if math.isfinite(found) else None
