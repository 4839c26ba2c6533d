"""A publisher on loopback and an installation that may ask it, for all that pulls."""

from tests.integration.pull.conftest import house as house
from tests.integration.pull.conftest import site as site
