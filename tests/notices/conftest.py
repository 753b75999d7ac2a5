"""The cast of the notices' tests, and a real mail server on loopback."""

from tests.cases.conftest import filing, people  # noqa: F401 fixtures
from tests.cast import cast, node  # noqa: F401 fixtures
