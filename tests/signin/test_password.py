"""Coming in with a password: invitations, locks, sessions and their ends."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.hashers import get_hasher, make_password
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from tests.signin.conftest import PASSWORD, Browser, Few, at, let_in

from lianqiao.record import time
from lianqiao.record.models import Event
from lianqiao.record.refusal import Refused
from lianqiao.registry import actions as registry_actions
from lianqiao.registry.models import Membership, Person
from lianqiao.signin import actions, announcing, clearing, entrance, locks, sessions
from lianqiao.signin.models import Invitation, Kept, Lock

pytestmark = pytest.mark.once


def verbs(person: Person) -> list[str]:
    return list(Event.objects.about("person", person.pk).values_list("verb", flat=True))


def refusal(call: Any) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


def test_hasher_of_a_node_is_argon2() -> None:
    first = "django.contrib.auth.hashers.Argon2PasswordHasher"
    with override_settings(PASSWORD_HASHERS=[first]):
        assert make_password("x").split("$")[:2] == ["argon2", "argon2id"]
    assert get_hasher().algorithm == "md5"  # the tests' own, for speed


def test_sign_in_with_account_or_address(lin: Person) -> None:
    for named in ("lin", " lin ", "lin@example.org", "LIN@example.org"):
        browser = Browser()
        assert (at(browser.sign_in(named)), browser.who()) == ("/cases", "lin")
    event = Event.objects.about("person", lin.pk).last()
    assert event is not None
    assert (event.verb, event.data) == ("sign_in", {"means": ["pwd"], "level": 1})


def test_sign_in_with_an_address_of_two_people_is_refused(browser: Browser, lin: Person, few: Few) -> None:
    registry_actions.add_person("other", email="lin@example.org", by=few.root)

    assert at(browser.sign_in("lin@example.org")) == "/account/sign-in"


def test_sign_in_with_wrong_words_tells_nothing(browser: Browser, lin: Person) -> None:
    for named, password in (("lin", "wrong"), ("nobody", PASSWORD), ("stranger", PASSWORD)):
        answer = browser.sign_in(named, password)
        assert "Account and password do not fit together. Check both." in answer.content.decode()
        assert browser.who() == ""


def test_nobody_signs_up_or_resets_a_password_by_themself(browser: Browser, few: Few) -> None:
    paths = ("signup", "sign-up", "password/reset", "password/reset/", "email", "email/")

    assert {browser.get(f"/account/{path}").status_code for path in paths} == {404}


def test_invite_lets_one_password_be_set_once(browser: Browser, few: Few) -> None:
    _made, code = actions.invite(few.wei, by=few.root)
    page = browser.get(f"/account/invitation/{code}")
    weak = browser.post(f"/account/invitation/{code}", {"password1": "short", "password2": "short"})
    differ = browser.post(f"/account/invitation/{code}", {"password1": PASSWORD, "password2": PASSWORD + "x"})
    answer = browser.post(f"/account/invitation/{code}", {"password1": PASSWORD, "password2": PASSWORD})

    assert "For the account wei." in page.content.decode()
    assert "The password cannot be taken" in weak.content.decode()
    assert "The two passwords differ." in differ.content.decode()
    assert (at(answer), browser.who()) == ("/desk/all", "wei")
    assert Browser().get(f"/account/invitation/{code}").status_code == 404
    assert verbs(few.wei)[-3:] == ["invite", "set_password", "sign_in"]
    assert code not in str(list(Invitation.objects.values()))


def test_invitation_ends_by_time_and_by_the_next_one(few: Few) -> None:
    _made, first = actions.invite(few.wei, by=few.root)
    _made, second = actions.invite(few.wei, by=few.root)

    assert refusal(lambda: actions.accept(first, PASSWORD)) == "invitation-over"
    with time_machine.travel(time.now() + timedelta(hours=settings.LIANQIAO_INVITATION_HOURS, seconds=1), tick=False):
        assert refusal(lambda: actions.accept(second, PASSWORD)) == "invitation-over"
        clearing.clear_now()
    assert Invitation.objects.count() == 0


def test_invite_is_for_administrators_and_anew_for_the_security_administrator(few: Few, security: Person) -> None:
    let_in(few.wei, few.root)

    assert refusal(lambda: actions.invite(few.lin, by=few.wei)) == "not-admin"
    assert refusal(lambda: actions.invite(few.wei, by=few.root)) == "not-security"
    assert refusal(lambda: actions.invite(security, by=few.root)) == "not-security"
    assert actions.invite(few.wei, by=security)[0].person == few.wei


def test_account_is_locked_after_five_attempts_and_free_after_five_minutes(browser: Browser, lin: Person) -> None:
    start = time.now()
    with time_machine.travel(start, tick=False):
        for _n in range(5):
            browser.sign_in("lin", "wrong")
        locked = browser.sign_in("lin")
        assert "Too many attempts that failed. Wait 5 minutes" in locked.content.decode()
        assert "locked" not in browser.sign_in("wei", "wrong").content.decode()
    with time_machine.travel(start + timedelta(seconds=299), tick=False):
        assert "Wait 1 minutes" in browser.sign_in("lin").content.decode()
    with time_machine.travel(start + timedelta(seconds=301), tick=False):
        assert at(browser.sign_in("lin")) == "/cases"
    assert verbs(lin).count("lock") == 1
    assert Lock.objects.filter(key=locks.key_of(lin)).count() == 0


def test_success_before_the_lock_begins_anew(browser: Browser, lin: Person) -> None:
    for _round in range(3):
        for _n in range(4):
            browser.sign_in("lin", "wrong")
        assert at(browser.sign_in("lin")) == "/cases"
        browser.post("/account/sign-out")


def test_unknown_account_is_locked_alike(browser: Browser, few: Few) -> None:
    for _n in range(5):
        browser.sign_in("nobody", "wrong")

    assert "Too many attempts that failed." in browser.sign_in("nobody", "wrong").content.decode()


def test_address_is_locked_after_fifty_attempts(browser: Browser, lin: Person) -> None:
    moment = locks.seconds()
    for _n in range(50):
        Lock.objects.counted("address:127.0.0.1", 50, moment, 300)

    assert "Too many attempts that failed." in browser.sign_in("lin").content.decode()
    assert (
        at(
            Browser().client.post(
                "/account/sign-in", {"login": "lin", "password": PASSWORD}, REMOTE_ADDR="192.0.2.7", follow=True
            )
        )
        == "/cases"
    )


def test_lock_is_seen_and_lifted_by_the_security_administrator(
    browser: Browser, lin: Person, few: Few, security: Person
) -> None:
    for _n in range(6):
        browser.sign_in("lin", "wrong")

    assert [row.key for row in Lock.objects.locked(locks.seconds())] == [locks.key_of(lin)]
    assert refusal(lambda: actions.lift_lock(lin, by=few.root)) == "not-security"
    actions.lift_lock(lin, by=security)
    assert refusal(lambda: actions.lift_lock(lin, by=security)) == "not-locked"
    assert at(browser.sign_in("lin")) == "/cases"


def test_sessions_are_listed_and_ended_one_by_one(lin: Person) -> None:
    here, there = Browser(), Browser()
    here.sign_in("lin")
    there.client.post(
        "/account/sign-in",
        {"login": "lin", "password": PASSWORD},
        headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"},
    )

    page = here.get("/account/sessions").content.decode()
    held = {one.current: one for one in sessions.of(lin, here.client.session.session_key)}
    assert ("Windows · Firefox" in page, held[False].device, held[False].address) == (
        True,
        "Windows · Firefox",
        "127.0.0.1",
    )

    here.post("/account/sessions", {"session": str(held[False].id)})

    assert (here.who(), there.who()) == ("lin", "")
    assert [one.current for one in sessions.of(lin, here.client.session.session_key)] == [True]
    assert here.post("/account/sessions", {"session": str(held[False].id)}).status_code == 404


def test_all_other_sessions_end_at_once(lin: Person) -> None:
    browsers = [Browser() for _n in range(3)]
    for one in browsers:
        one.sign_in("lin")

    browsers[0].post("/account/sessions", {"all": "1"})

    assert [one.who() for one in browsers] == ["lin", "", ""]
    assert verbs(lin)[-1] == "end_sessions"


def test_sessions_of_others_are_ended_by_the_security_administrator(
    browser: Browser, lin: Person, few: Few, security: Person
) -> None:
    browser.sign_in("lin")

    assert refusal(lambda: actions.end_sessions(lin, by=few.root)) == "not-security"
    assert actions.end_sessions(lin, by=security) == 1
    assert browser.who() == ""


def test_new_password_ends_the_other_sessions(lin: Person) -> None:
    here, there = Browser(), Browser()
    for one in (here, there):
        one.sign_in("lin")
    new = PASSWORD + " and more"

    wrong = here.post("/account/password", {"oldpassword": "wrong", "password1": new, "password2": new})
    here.post("/account/password", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert "This is not your present password." in wrong.content.decode()
    assert (here.who(), there.who()) == ("lin", "")
    assert at(there.sign_in("lin", new)) == "/cases"


def test_person_who_is_deactivated_is_out_at_once(browser: Browser, lin: Person) -> None:
    browser.sign_in("lin")
    Person.objects.filter(pk=lin.pk).update(is_active=False)

    assert browser.who() == ""
    assert at(browser.sign_in("lin")) == "/account/sign-in"


def test_leaver_is_out_at_once(browser: Browser, few: Few) -> None:
    let_in(few.wei, few.root)
    browser.sign_in("wei")
    assert refusal(lambda: actions.show_out(few.wei, by=few.root)) == "has-roles"

    registry_actions.leave(few.wei, reason="left", by=few.root)

    assert (actions.show_out(few.wei, by=few.root), browser.who()) == (1, "")


def test_who_loses_a_role_signs_in_anew(browser: Browser, few: Few) -> None:
    let_in(few.wei, few.root)
    browser.sign_in("wei")
    registry_actions.end_membership(Membership.objects.get(person=few.wei), reason="moved", by=few.root)

    announcing.follow([*Event.objects.about("person", few.wei.pk)])

    assert browser.who() == ""


def test_session_ends_when_unused_or_too_old(browser: Browser, lin: Person) -> None:
    start = time.now()
    with time_machine.travel(start, tick=False):
        browser.sign_in("lin")
    for minutes in range(20, 700, 20):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert browser.who() == "lin"
    with time_machine.travel(start + timedelta(minutes=12 * 60 + 1), tick=False):
        answer = browser.get("/account/sessions")
        assert answer.redirect_chain[-1][0] == "/account/sign-in?ended=time&next=%2Faccount%2Fsessions"
        assert "Your session is over" in answer.content.decode()
        browser.sign_in("lin")
    with time_machine.travel(start + timedelta(minutes=13 * 60), tick=False):
        assert browser.who() == ""


def test_cookies_are_kept_from_script_and_other_sites(browser: Browser, lin: Person) -> None:
    browser.sign_in("lin")
    cookie = browser.client.cookies[settings.SESSION_COOKIE_NAME]

    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")


def test_sign_in_is_refused_without_the_token_of_the_form(lin: Person) -> None:
    from django.test import Client

    client = Client(enforce_csrf_checks=True)

    assert client.post("/account/sign-in", {"login": "lin", "password": PASSWORD}).status_code == 403


def test_api_takes_no_session(browser: Browser, lin: Person) -> None:
    browser.sign_in("lin")

    assert browser.client.get("/api/v1/me").status_code == 401


def test_door_leads_to_no_other_site(browser: Browser, lin: Person) -> None:
    assert at(browser.sign_in("lin", then="https://elsewhere.example/")) == "/cases"


def test_pages_say_it_in_chinese(browser: Browser, lin: Person) -> None:
    page = browser.client.get("/account/sign-in", headers={"Accept-Language": "zh"}).content.decode()

    assert [word for word in ("登录", "账号或电子邮箱", "密码", "通行密钥") if word not in page] == []


def test_what_is_kept_for_minutes_is_shared_and_cleared(few: Few) -> None:
    from django.core.cache import cache

    cache.set("a", 1, timeout=60)
    assert (Kept.objects.count(), cache.get("a"), cache.add("a", 2)) == (1, 1, False)
    with time_machine.travel(time.now() + timedelta(seconds=61), tick=False):
        clearing.clear_now()
    assert Kept.objects.count() == 0


def test_who_has_no_password_changes_none(browser: Browser, few: Few) -> None:
    browser.client.force_login(few.lin)
    session = browser.client.session
    session[entrance.KEY] = {"began": entrance.seconds(), "level": 2, "means": ["region"]}
    session.save()

    assert at(browser.get("/account/password")) == "/account"


def test_use_is_noted_by_one_statement_and_shown_in_the_list(browser: Browser, lin: Person) -> None:
    start = time.now()
    with time_machine.travel(start, tick=False):
        browser.sign_in("lin")
        browser.get("/account")
    with time_machine.travel(start + timedelta(seconds=59), tick=False), CaptureQueriesContext(connection) as soon:
        browser.get("/account")
    with time_machine.travel(start + timedelta(seconds=61), tick=False), CaptureQueriesContext(connection) as later:
        browser.get("/account")
    with time_machine.travel(start + timedelta(minutes=20), tick=False):
        (held,) = sessions.of(lin)
    with time_machine.travel(start + timedelta(minutes=40), tick=False):
        unused = sessions.of(lin)

    assert (len(later) - len(soon), held.seen_at, unused) == (1, start + timedelta(seconds=61), [])
