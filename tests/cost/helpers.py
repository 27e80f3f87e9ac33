"""What tests of costs ask for."""

from pick_model.catalog.catalog import Catalog
from pick_model.cost.estimate import estimate
from pick_model.documents.profile import Profile
from pick_model.interval import Interval


def hours(catalog: Catalog, model: str, profile: Profile) -> Interval:
    """To train it; a failure where they are unknown."""
    found = estimate(catalog.find(model), profile).training_hours
    assert found is not None
    return found
