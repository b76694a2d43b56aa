import pytest

from goodwill import perceived


@pytest.mark.parametrize("name", perceived.__all__)
def test_every_public_name_is_documented_and_no_module(name: str) -> None:
    assert getattr(perceived, name).__doc__
    assert callable(getattr(perceived, name))
