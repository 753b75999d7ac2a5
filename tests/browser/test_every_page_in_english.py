"""Every page of the generated list in English, as everybody who may open it (see test_every_page)."""

import pytest
from tests.browser.conftest import Opens
from tests.browser.test_every_page import walked
from tests.cast import Cast, cast, node  # noqa: F401


@pytest.mark.django_db(transaction=True)
def test_every_page_is_sound_for_everybody_in_english(cast: Cast, open_page: Opens) -> None:  # noqa: F811
    assert walked(cast, open_page, "en") == []
