"""Objects of which nothing is said yet are what their models would make."""

import pytest

from lianqiao.cases.models import Case, Clock
from lianqiao.record.blank import blank, filled
from lianqiao.record.models import Event, Node, Sealed


@pytest.mark.parametrize("model", [Case, Clock, Event, Sealed])
def test_a_blank_object_is_what_the_model_makes(model):
    ours, theirs = vars(blank(model)), vars(model())
    assert ours.keys() == theirs.keys()
    assert vars(ours.pop("_state")) == vars(theirs.pop("_state"))
    made_anew = {name for name, value in theirs.items() if value != vars(model())[name]}
    assert made_anew == ({"uid", "dossier"} if model is Case else set())
    assert {name: ours[name] for name in ours.keys() - made_anew} == {
        name: theirs[name] for name in ours.keys() - made_anew
    }
    assert all(type(ours[name]) is type(theirs[name]) and ours[name] != theirs[name] for name in made_anew)


def test_what_is_made_anew_is_shared_by_no_two():
    one, other = blank(Clock), blank(Clock)
    assert one.given is not other.given
    assert one.given == {}


@pytest.mark.django_db
def test_a_filled_object_is_what_the_query_makes(node):
    theirs = Node.objects.get()
    names = [field.attname for field in Node._meta.concrete_fields]

    ours = filled(Node, names, Node.objects.values_list(*names).get())

    assert {name: vars(ours)[name] for name in names} == {name: vars(theirs)[name] for name in names}
    assert (ours, ours._state.adding, ours._state.db) == (theirs, False, theirs._state.db)
