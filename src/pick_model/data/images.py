"""An image file as the pixels that a person sees, and why one cannot be used."""

from __future__ import annotations

import struct
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pick_model.errors import MissingExtra, WrongValue
from pick_model.words.say import message

if TYPE_CHECKING:
    from PIL.Image import Image

# Whatever Pillow raises at bytes that are no image or break off; its decoders are many.
DAMAGED = (OSError, SyntaxError, ValueError, EOFError, struct.error, IndexError, KeyError)


def pillow() -> Any:
    """Pillow's Image module. Raises MissingExtra."""
    try:
        from PIL import Image
    except ImportError as fault:
        raise MissingExtra("images", "probe") from fault
    return Image


def checked(path: Path) -> float:
    """The shorter side in pixels of a file that can be decoded whole.

    More pixels than Pillow thinks safe (`Image.MAX_IMAGE_PIXELS`, 89 million) are refused before
    they are decoded. Raises WrongValue with the reason.
    """
    module = pillow()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", module.DecompressionBombWarning)
            with module.open(path) as image:
                side = min(image.size)
                image.draft("RGB", (1, 1))  # of a JPEG an eighth is decoded, to its last byte
                image.load()
    except (module.DecompressionBombWarning, module.DecompressionBombError) as fault:
        raise WrongValue(message("image-too-large", most=module.MAX_IMAGE_PIXELS)) from fault
    except module.UnidentifiedImageError as fault:
        raise WrongValue(message("not-an-image")) from fault
    except DAMAGED as fault:
        raise WrongValue(message("image-damaged", reason=str(fault)[:120])) from fault
    return float(side)


def opened(path: Path, at_least: int | None = None) -> Image:
    """The image as RGB: upright, on white, of an animation the first picture.

    at_least: pixels of a side that are enough, so that a large JPEG is decoded smaller.
    """
    module = pillow()
    from PIL import ImageOps

    with warnings.catch_warnings(), module.open(path) as image:
        if at_least is not None:
            image.draft("RGB", (at_least, at_least))
        image.load()
        return ImageOps.exif_transpose(as_rgb(image))


def as_rgb(image: Image) -> Image:
    """Eight bits a channel, without alpha; EXIF data stay with it."""
    exif = image.getexif()
    if image.mode.startswith("I") or image.mode == "F":
        image = _eight_bits(image)
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        white = pillow().new("RGBA", layer.size, (255, 255, 255, 255))
        image = pillow().alpha_composite(white, layer)
    image = image.convert("RGB")
    image.info["exif"] = exif.tobytes() if len(exif) else b""
    return image


def _eight_bits(image: Image) -> Image:
    """Of 16 bits the upper eight; what is stored in wider numbers between its ends."""
    import numpy as np

    values = np.asarray(image, dtype=np.float64)
    if image.mode.startswith("I;16"):
        low, high = 0.0, 65535.0
    elif image.mode == "I" and values.min() >= 0 and values.max() <= 65535:
        low, high = 0.0, 255.0 if values.max() <= 255 else 65535.0  # as older Pillow reads 16 bits
    else:
        low, high = float(values.min()), float(values.max())
    scaled = (values - low) / ((high - low) or 1.0) * 255
    return pillow().fromarray(scaled.round().clip(0, 255).astype(np.uint8))  # type: ignore[no-any-return]
