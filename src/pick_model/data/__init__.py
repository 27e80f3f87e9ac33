"""A user's labelled data: read it, describe it, split it."""
