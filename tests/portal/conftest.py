"""The cast, as it meets the pages."""

from tests.cast import cast, node  # noqa: F401
