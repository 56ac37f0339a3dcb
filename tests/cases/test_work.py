"""What colleagues tell each other about a case stays inside, is its author's, and goes
with the case.
"""

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils.timezone import now

from cases import merging
from cases.desk.casework.models import (
    Assignment,
    Comment,
    ConsentTask,
    DiaryEntry,
    Look,
)
from cases.desk.casework.todo import with_merged
from cases.history import acting
from cases.models import Prisoner
from tests import factories as make
from tests.named import only_for
from tests.roles import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Prisoner:
    case = make.make_prisoner("Mikola Example", visibility="public")
    case.refresh_from_db()
    return case


def member(name: str, role: str = "documenter") -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    return user


@pytest.fixture
def ada() -> User:
    return member("ada")


@pytest.fixture
def desk(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def kept(model: Any, case: Prisoner, by: User, **values: Any) -> Any:
    """As this person wrote it."""
    with acting(user=by):
        return model.objects.create(root_id=case.pk, **values)


def page(case: Prisoner) -> str:
    return f"/admin/cases/prisoner/{case.pk}/notes/"


class TestComments:
    def test_one_is_written_dated_and_read_by_colleagues(
        self, desk: Client, case: Prisoner, ada: User
    ) -> None:
        desk.post(page(case), {"act": "comment", "comment-text": "Her sister called."})
        comment = Comment.objects.get()
        assert (comment.written_by, comment.root_id) == (ada, case.pk)
        other = Client()
        other.force_login(member("boris"))
        answer = other.get(page(case)).text
        assert "Her sister called." in answer
        assert "Take back" not in answer

    def test_an_empty_one_is_refused_in_a_sentence(
        self, desk: Client, case: Prisoner
    ) -> None:
        answer = desk.post(page(case), {"act": "comment", "comment-text": " "})
        assert "This field is required." in answer.text
        assert not Comment.objects.exists()

    def test_only_its_author_takes_it_back(
        self, desk: Client, case: Prisoner, ada: User
    ) -> None:
        comment = kept(Comment, case, ada, text="Said.", written_by=ada)
        taken_back = {"act": "take_back", "number": comment.pk}
        other = Client()
        other.force_login(member("boris"))
        assert other.post(page(case), taken_back).status_code == 403
        comment.refresh_from_db()
        assert comment.text == "Said."
        desk.post(page(case), taken_back)
        comment.refresh_from_db()
        assert comment.text == ""
        assert "Taken back by its author." in desk.get(page(case)).text

    def test_the_database_lets_nobody_word_it_anew(
        self, case: Prisoner, ada: User
    ) -> None:
        boris = member("boris")
        comment = kept(Comment, case, ada, text="Said.", written_by=ada)
        mine = Comment.objects.filter(pk=comment.pk)
        for user, text in ((boris, ""), (ada, "Never said.")):
            with (
                pytest.raises(DatabaseError, match="only its author"),
                transaction.atomic(),
                acting(user=user),
            ):
                mine.update(text=text)
        with acting(user=ada):
            mine.update(text="")

    @pytest.mark.parametrize(
        ("model", "author", "values"),
        [
            (Comment, "written_by", {"text": "-"}),
            (Assignment, "assigned_by", {}),
            (Look, "looked_by", {}),
            (DiaryEntry, "written_by", {"day": date(2026, 1, 1), "what": "call"}),
            (ConsentTask, "written_by", {"whom": "-"}),
        ],
    )
    def test_nobody_writes_in_the_name_of_another(
        self, case: Prisoner, ada: User, model: Any, author: str, values: Any
    ) -> None:
        boris = member("boris")
        with (
            acting_as("desk"),
            pytest.raises(DatabaseError, match="must be the one who acts"),
            transaction.atomic(),
            acting(user=boris),
        ):
            model.objects.create(root_id=case.pk, **{author: ada}, **values)


class TestWhoMayWhat:
    def test_whoever_may_only_view_writes_nothing(
        self, client: Client, case: Prisoner
    ) -> None:
        viewer = member("viewer", "")
        viewer.user_permissions.set(Permission.objects.filter(codename="view_prisoner"))
        client.force_login(viewer)
        assert client.get(page(case)).status_code == 200
        for act in ("comment", "look", "assign", "diary", "consent", "done"):
            assert client.post(page(case), {"act": act}).status_code == 403
        assert not Look.objects.exists()

    def test_whoever_may_not_view_cases_sees_nothing(
        self, client: Client, case: Prisoner
    ) -> None:
        client.force_login(member("trainee", ""))
        assert client.get(page(case)).status_code == 403
        assert client.get("/admin/casework/diaryentry/").status_code == 403

    def test_of_a_closed_case_nobody_else_sees_anything(
        self, desk: Client, case: Prisoner, ada: User
    ) -> None:
        kept(
            DiaryEntry,
            case,
            ada,
            day=date(2026, 1, 1),
            what="call",
            note="Qzdiary",
            written_by=ada,
        )
        assert "Qzdiary" in desk.get("/admin/casework/diaryentry/").text
        only_for(case, member("boris"))
        assert desk.get(page(case)).status_code == 404
        assert desk.post(page(case), {"act": "look"}).status_code == 404
        assert "Qzdiary" not in desk.get("/admin/casework/diaryentry/").text
        assert not Look.objects.exists()

    def test_the_publisher_cannot_read_any_of_it(self) -> None:
        with connection.cursor() as cursor:
            for model in apps.get_app_config("casework").get_models():
                for login in ("publisher", "public", "partners"):
                    with (
                        acting_as(login),
                        pytest.raises(DatabaseError, match="permission denied"),
                        transaction.atomic(),
                    ):
                        cursor.execute(f"SELECT FROM {model._meta.db_table}")

    def test_the_desk_deletes_none_of_it(self, case: Prisoner, ada: User) -> None:
        kept(Comment, case, ada, text="Said.", written_by=ada)
        with (
            acting_as("desk"),
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
        ):
            Comment.objects.all().delete()


class TestAssigning:
    def test_a_case_is_handed_to_a_colleague_who_finds_it(
        self, desk: Client, case: Prisoner, ada: User
    ) -> None:
        boris = member("boris")
        desk.post(page(case), {"act": "assign", "assign-colleague": boris.pk})
        assert Assignment.objects.get().assigned_by == ada
        assert (
            "boris works on it"
            in desk.get(f"/admin/cases/prisoner/{case.pk}/change/").text
        )
        theirs = Client()
        theirs.force_login(boris)
        assert str(case.pk) in theirs.get("/admin/cases/prisoner/?todo=mine").text
        desk.post(page(case), {"act": "assign", "assign-colleague": ""})
        assert str(case.pk) not in theirs.get("/admin/cases/prisoner/?todo=mine").text

    def test_a_closed_case_is_handed_to_nobody_who_does_not_see_it(
        self, desk: Client, case: Prisoner, ada: User
    ) -> None:
        boris = member("boris")
        only_for(case, ada)
        answer = desk.post(page(case), {"act": "assign", "assign-colleague": boris.pk})
        assert "not one of the available choices" in answer.text
        assert not Assignment.objects.exists()


class TestDiary:
    def test_an_entry_is_written_comes_due_and_is_done(
        self, desk: Client, case: Prisoner, ada: User
    ) -> None:
        desk.post(
            page(case),
            {"act": "diary", "diary-day": "2026-01-02", "diary-what": "hearing"},
        )
        entry = DiaryEntry.objects.get()
        assert "overdue" in desk.get(page(case)).text
        desk.post(page(case), {"act": "done", "number": entry.pk})
        entry.refresh_from_db()
        assert entry.done_by == ada
        assert "overdue" not in desk.get(page(case)).text

    def test_what_is_done_stays_done_by_whom_it_was(
        self, desk: Client, case: Prisoner, ada: User
    ) -> None:
        boris = member("boris")
        entry = kept(
            DiaryEntry, case, ada, day=date(2026, 1, 2), what="call", written_by=ada
        )
        with acting(user=boris):
            DiaryEntry.objects.update(done_by=boris, done_at=now())
        desk.post(page(case), {"act": "done", "number": entry.pk})
        entry.refresh_from_db()
        assert entry.done_by == boris


class TestChecked:
    def test_one_click_keeps_who_and_when_and_changes_nothing(
        self, desk: Client, case: Prisoner, ada: User
    ) -> None:
        version = case.version
        change = f"/admin/cases/prisoner/{case.pk}/change/"
        answer = desk.post(page(case), {"act": "look", "from": "case"}, follow=True)
        assert answer.redirect_chain == [(change, 302)]
        assert "last checked without news" in answer.text
        assert Look.objects.get().looked_by == ada
        case.refresh_from_db()
        assert case.version == version


class TestConsent:
    def test_whom_to_ask_is_kept_and_changed(
        self, desk: Client, case: Prisoner, ada: User
    ) -> None:
        given = {"consent-whom": "her mother", "consent-channel": "by letter"}
        desk.post(page(case), {"act": "consent", "consent-answer": "waiting", **given})
        task = ConsentTask.objects.get()
        assert "by letter" in desk.get(page(case)).text
        assert "her mother" in desk.get(f"{page(case)}?task={task.pk}").text
        changed = {"act": "consent", "consent-answer": "refused", "task": task.pk}
        desk.post(page(case), {**changed, **given})
        task.refresh_from_db()
        assert (task.answer, ConsentTask.objects.count()) == ("refused", 1)


def test_it_is_read_on_the_page_of_the_case_that_was_kept(
    desk: Client, case: Prisoner, ada: User
) -> None:
    other = make.make_prisoner("Mikola Double")
    other.refresh_from_db()
    kept(Comment, other, ada, text="Qzsaid", written_by=ada)
    kept(Assignment, other, ada, colleague=ada, assigned_by=ada)
    merge = merging.merge(
        case.pk, other.pk, seen_versions=(case.version, other.version), reason="-"
    )
    assert with_merged(case.pk) == [case.pk, other.pk]
    assert "Qzsaid" in desk.get(page(case)).text
    assert str(case.pk) in desk.get("/admin/cases/prisoner/?todo=mine").text
    assert merge
    left = desk.get(page(other)).text
    assert "This case was merged." in left
    assert "Add the comment" not in left
