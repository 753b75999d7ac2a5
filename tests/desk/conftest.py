"""The cast, as it meets the desk."""

from tests.cast import cast, node  # noqa: F401
