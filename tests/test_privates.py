"""Where we reach into what a library does not promise. Each test names the library, what
we use, where and why, and fails when a new version of the library does it otherwise.

What is documented is not here: `_meta`, `_default_manager`, `_base_manager`,
`_state.adding`. A new reach has a test here, or is written without.
"""

import copy
import inspect
import time
import warnings
from importlib import import_module
from typing import Any

import allauth.account.app_settings as allauth_settings
import django_filters
import httpx
import pghistory
import pgtrigger
import pytest
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import ModelAdmin
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.expressions import Col
from django.forms.models import inlineformset_factory
from django.test import RequestFactory, TransactionTestCase
from django.test.client import ClientMixin
from django.utils.choices import BaseChoiceIterator
from drf_spectacular.drainage import get_override, set_override
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from pghistory.models import Event
from pghistory.trigger import Event as EventTrigger
from pgtrigger import compiler
from pgtrigger.migrations import AddTrigger, RemoveTrigger
from pgtrigger.registry import registered
from psycopg.pq import TransactionStatus
from rest_framework.fields import CharField, Field, get_error_detail
from rest_framework.serializers import ModelSerializer, Serializer
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from cases.models import Claimant, Detention, Facility, PersonName, Placement, Prisoner
from tests import factories as make


def parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


# --- Django: the database ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_django_the_second_of_what_waits_for_the_commit_is_the_function() -> None:
    """`connection.run_on_commit`, in cases/publishing/on_commit.py: of all rows that a
    transaction saves, only the first asks for publishing.
    """

    def later() -> None: ...

    with transaction.atomic():
        transaction.on_commit(later, robust=True)
        assert [entry[1] for entry in connection.run_on_commit].count(later) == 1
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_django_the_connection_of_a_connection_is_psycopgs() -> None:
    """`connection.connection`, in cases/history/acting.py: it asks psycopg whether a
    transaction is open, which costs no question to the server.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        session: Any = connection.connection
        assert session.info.transaction_status == TransactionStatus.INTRANS


def test_django_migrations_read_constraints_where_the_attributes_name_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`_meta.original_attrs`, in cases/models/fields.py: a field of codes brings its
    CHECK along, and a migration must see it.
    """

    def options() -> dict[str, Any]:
        return ModelState.from_model(Claimant).options

    rules = [rule.name for rule in options()["constraints"]]
    assert rules == [rule.name for rule in Claimant._meta.constraints]
    monkeypatch.delitem(Claimant._meta.original_attrs, "constraints")
    assert options()["constraints"] == []


def test_django_models_of_migrations_stand_in_the_module_fake() -> None:
    """`__fake__`, in cases/models/fields.py and dates.py: a migration lists the rules
    and bounds of fields itself.
    """
    state = ProjectState()
    state.add_model(
        ModelState("cases", "Made", [("id", models.AutoField(primary_key=True))])
    )
    assert state.apps.get_model("cases", "Made").__module__ == "__fake__"


def test_django_a_state_of_migrations_keeps_what_it_rendered_in_one_place() -> None:
    """config/migrating.py: a trigger has nothing rendered anew, and any other change
    has.
    """
    state = ProjectState()
    state.add_model(
        ModelState("cases", "thing", [("id", models.AutoField(primary_key=True))])
    )
    rendered = state.apps.get_model("cases", "thing")
    sql = compiler.UpsertTriggerSql(
        pgid="p", table="t", operation="INSERT", when="BEFORE", func="RETURN NEW;"
    )
    trigger = compiler.Trigger(name="t", sql=sql)
    AddTrigger("thing", trigger).state_forwards("cases", state)
    assert state.models["cases", "thing"].options["triggers"] == [trigger]
    assert state.apps.get_model("cases", "thing") is rendered
    RemoveTrigger("thing", "t").state_forwards("cases", state)
    assert state.models["cases", "thing"].options["triggers"] == []
    assert state.apps.get_model("cases", "thing") is rendered
    state.alter_model_options("cases", "thing", {"verbose_name": "thing"})
    assert state.apps.get_model("cases", "thing") is not rendered


def test_django_a_class_takes_fields_after_it_was_made() -> None:
    """`add_to_class`, and a field's `contribute_to_class`, in cases/models/dates.py: a
    date brings the columns of its bounds along.
    """
    assert parameters(models.Model.add_to_class) == ["name", "value"]
    assert parameters(models.Field.contribute_to_class)[:4] == [
        "self",
        "cls",
        "name",
        "private_only",
    ]


def test_django_a_field_may_name_a_check_of_its_column() -> None:
    """`Field.db_check`, in cases/models/dates.py: no way in brings a date that cannot
    be read.
    """
    field = Detention._meta.get_field("started_on")
    assert parameters(models.Field.db_check) == ["self", "connection"]
    assert "edtf_is_valid" in str(field.db_parameters(connection)["check"])


def test_django_a_column_is_compiled_by_its_alias_and_field() -> None:
    """`Col`, and the lookup's `lhs.target` and `lhs.alias`, in cases/models/dates.py: a
    question about a date is asked of its bounds.
    """
    assert parameters(Col)[:2] == ["alias", "target"]
    asked = Detention.objects.filter(started_on__on_or_after="2025-09-11")
    assert '"started_on_latest"' in str(asked.query)


@pytest.mark.django_db
def test_django_what_a_reference_leads_to_is_kept_by_its_name(
    django_assert_num_queries: Any,
) -> None:
    """`_state.fields_cache`, in cases/history/wording.py: a case as it once was has no
    row at the desk, and must not ask for one.
    """
    prisoner = Prisoner()
    with pytest.raises(Prisoner.desk.RelatedObjectDoesNotExist):
        _ = prisoner.desk
    prisoner._state.fields_cache["desk"] = kept = Claimant()
    with django_assert_num_queries(0):
        assert prisoner.desk is kept


def test_django_a_constraint_is_asked_by_validate() -> None:
    """`CheckConstraint.validate`, in cases/models/fields.py: what the validators have
    asked is not asked of the database again.
    """
    assert parameters(models.CheckConstraint.validate)[:3] == [
        "self",
        "model",
        "instance",
    ]


# --- Django: forms -----------------------------------------------------------------------------------------------


def test_django_a_form_leaves_out_of_its_rules_what_it_does_not_show() -> None:
    """`_get_validation_exclusions`, in cases/desk/admin/forms.py: the rules of a record
    need the bounds of its dates and its id, which no form shows.
    """

    class Form(forms.ModelForm):
        class Meta:
            model = Facility
            fields = ["visibility"]

    form: Any = Form({"visibility": "internal"})
    form.full_clean()
    excluded = form._get_validation_exclusions()
    assert {"id", "names"} <= excluded


@pytest.mark.django_db
def test_django_a_form_set_that_was_sent_keeps_its_forms_by_their_name() -> None:
    """`"forms" in formset.__dict__`, and `initial_forms`, in cases/desk/admin/forms.py:
    shown again, each row stands beside the record that it was opened for.
    """
    prisoner = make.make_prisoner("Ales Example")
    name = prisoner.names.get()
    form_set: Any = inlineformset_factory(Prisoner, PersonName, fields=["value"])
    counts = {"names-TOTAL_FORMS": "1", "names-INITIAL_FORMS": "1"}
    sent = form_set(
        {**counts, "names-0-id": str(name.pk), "names-0-value": "Another"},
        instance=prisoner,
    )
    assert "forms" not in sent.__dict__
    (row,) = sent.initial_forms
    assert "forms" in sent.__dict__
    assert row.instance == name


def test_django_choices_of_a_choice_iterator_are_not_copied() -> None:
    """`BaseChoiceIterator`, in tracker/asking/questions.py: countries are hundreds, and
    would be copied with each filter, field and form.
    """

    class Shared(BaseChoiceIterator):
        def __iter__(self) -> Any:
            return iter([("a", "A")])

        def __deepcopy__(self, memo: Any) -> Any:
            return self

    shared = Shared()
    field = forms.MultipleChoiceField(choices=shared)
    assert copy.deepcopy(field).choices is shared
    assert field.widget.choices is shared


# --- Django: the admin -------------------------------------------------------------------------------------------


def test_django_the_admin_redirects_from_what_is_not_there() -> None:
    """`_get_obj_does_not_exist_redirect`, in cases/desk/signin/acting.py: the page of
    an account that is gone answers as the admin's own.
    """
    step = ModelAdmin._get_obj_does_not_exist_redirect  # type: ignore[attr-defined]
    assert parameters(step) == [
        "self",
        "request",
        "opts",
        "object_id",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # cases/desk/admin/base.py: locks the case before it is read
        ("get_object", ["self", "request", "object_id", "from_field"]),
        # the same: refuses in a sentence what the database refuses
        (
            "changeform_view",
            ["self", "request", "object_id", "form_url", "extra_context"],
        ),
        # the same: the form that asks for a reason before something is deleted
        ("render_delete_form", ["self", "request", "context"]),
        # cases/desk/admin/root.py, merging.py, evidence.py: links above the form
        (
            "render_change_form",
            ["self", "request", "context", "add", "change", "form_url", "obj"],
        ),
        # cases/desk/admin/base.py and citation.py: where saving leads
        ("response_post_save_change", ["self", "request", "obj"]),
        ("response_post_save_add", ["self", "request", "obj"]),
    ],
)
def test_django_the_admin_asks_these_steps_of_a_page(
    name: str, expected: list[str]
) -> None:
    step = getattr(ModelAdmin, name)
    assert parameters(step) == expected
    calls = [
        inspect.getsource(getattr(ModelAdmin, caller))
        for caller in (
            "_changeform_view",
            "_delete_view",
            "add_view",
            "change_view",
            "response_change",
            "response_add",
        )
    ]
    assert any(f"self.{name}(" in source for source in calls)


def test_django_the_admin_saves_and_deletes_in_one_transaction_around_its_steps() -> (
    None
):
    """`_changeform_view` and `_delete_view` within `transaction.atomic`: the lock that
    `get_object` takes, in cases/desk/admin/base.py, must hold until the end.
    """
    for view in (ModelAdmin.changeform_view, ModelAdmin.delete_view):
        assert "transaction.atomic(" in inspect.getsource(view)


def test_django_the_admins_list_is_fetched_by_get_results() -> None:
    """`ChangeList.get_results` and `result_list`, in cases/desk/admin/citation.py and
    waiting.py: what a page shows beside its rows is fetched for all of them at once.
    """
    assert parameters(ChangeList.get_results) == ["self", "request"]
    assert "self.result_list = " in inspect.getsource(ChangeList.get_results)


def test_django_the_admins_box_for_searching_asks_an_address_of_its_own() -> None:
    """`AutocompleteSelect.get_url` and `optgroups`, in cases/desk/admin/citing.py: the
    box offers cases of every kind.
    """
    box = AutocompleteSelect(Placement._meta.get_field("facility"), admin.site)
    assert box.get_url() == "/admin/autocomplete/"
    assert box.build_attrs({})["data-ajax--url"] == box.get_url()
    assert parameters(AutocompleteSelect.optgroups)[:3] == ["self", "name", "value"]


def test_django_an_accounts_password_has_a_page_of_its_own() -> None:
    """`UserAdmin.user_change_password`, in cases/desk/admin/people.py: nobody sets a
    password for somebody else.
    """
    assert "user_change_password" in inspect.getsource(UserAdmin.get_urls)


def test_django_the_admin_keeps_its_models_in_a_registry() -> None:
    """`admin.site._registry`, in tests/cases/test_admin_pages.py and
    tests/test_half_made.py: they look at the page of each.
    """
    assert isinstance(admin.site._registry[Prisoner], ModelAdmin)


@pytest.mark.django_db
def test_django_a_link_for_a_new_password_is_made_of_what_the_hash_is_made_of() -> None:
    """`_make_hash_value`, in cases/desk/signin/accounts.py: whatever is done to an
    account ends the links that were made before.
    """

    class Links(PasswordResetTokenGenerator):
        more = ""

        def _make_hash_value(self, user: Any, timestamp: int) -> str:
            return f"{super()._make_hash_value(user, timestamp)}{self.more}"

    user, links = User.objects.create_user("somebody"), Links()
    token = links.make_token(user)
    assert links.check_token(user, token)
    links.more = "something was done"
    assert not links.check_token(user, token)


def test_django_a_transactional_test_is_emptied_by_its_own_step() -> None:
    """`TransactionTestCase._databases_names` and `_fixture_teardown`, in
    tests/conftest.py: only the owner may empty the database, which all aliases share.
    """
    assert parameters(TransactionTestCase._fixture_teardown) == ["self"]  # type: ignore[attr-defined]
    assert parameters(TransactionTestCase._databases_names) == ["include_mirrors"]  # type: ignore[attr-defined]


# --- Django REST framework, django-filter, drf-spectacular -------------------------------------------------------


def test_drf_reads_errors_of_a_model_by_field() -> None:
    """`get_error_detail`, in tracker/api/problems.py: what a model's rules refuse is
    answered in the form of all problems.
    """
    told: Any = get_error_detail(ValidationError({"name": "Too long."}))
    assert told == {"name": ["Too long."]}


def test_drf_keeps_what_a_field_was_made_of() -> None:
    """`_args` and `_kwargs`, in tracker/contract/fields.py: copies of a field share what
    its line of the contract says.
    """
    field: Any = CharField(read_only=True, label="Name")
    assert (field._args, field._kwargs) == ((), {"read_only": True, "label": "Name"})
    assert "_args" in inspect.getsource(Field.__deepcopy__)


def test_drf_builds_each_field_of_a_model_by_a_step() -> None:
    """`build_standard_field`, `build_property_field` and `get_default_field_names`, in
    cases/desk/api/serializers.py: one serializer serves every model of the record.
    """
    assert parameters(ModelSerializer.build_standard_field)[1:] == [
        "field_name",
        "model_field",
    ]
    assert parameters(ModelSerializer.build_property_field)[1:] == [
        "field_name",
        "model_class",
    ]
    assert parameters(ModelSerializer.get_default_field_names)[1:] == [
        "declared_fields",
        "model_info",
    ]


def test_drf_counts_callers_by_an_address_that_needs_no_throttle(settings: Any) -> None:
    """`BaseThrottle.get_ident`, in cases/desk/signin/adapter.py: signing in counts
    callers as the read API does.
    """
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    request = RequestFactory().get(
        "/", headers={"X-Forwarded-For": "192.0.2.1, 192.0.2.2"}
    )
    assert BaseThrottle().get_ident(request) == "192.0.2.2"  # type: ignore[arg-type]


def test_django_filter_takes_the_filters_of_one_set_from_the_set_itself() -> None:
    """`self.base_filters`, in tracker/asking/questions.py and cases/desk/api/filters.py:
    a set of filters builds only those that are asked for.
    """

    class Set(django_filters.FilterSet):
        name = django_filters.CharFilter()
        place = django_filters.CharFilter()

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            every: Any = self.base_filters  # type: ignore[has-type]
            self.base_filters = {"name": every["name"]}
            super().__init__(*args, **kwargs)

    questions = Set({}, Claimant.objects.none())
    assert list(questions.filters) == ["name"]
    assert list(questions.form.fields) == ["name"]
    assert questions.filters["name"].parent is questions


def test_spectacular_keeps_what_overrides_a_filters_field() -> None:
    """`set_override`, in cases/desk/api/filters.py: a filter of several values has no
    type that it could read off.
    """
    target = django_filters.CharFilter()
    set_override(target, "field", {"type": "string"})
    assert get_override(target, "field") == {"type": "string"}


def test_spectacular_lists_a_component_once_whoever_asks() -> None:
    """`ResolvedComponent` and `register_on_missing`, in tracker/api/schema.py: a
    vocabulary stands once in the description.
    """
    registry = ComponentRegistry()
    schema = {"type": "string"}
    for _ in range(2):
        component = ResolvedComponent("Sex", ResolvedComponent.SCHEMA, schema, "Sex")
        registry.register_on_missing(component)
    assert component.ref == {"$ref": "#/components/schemas/Sex"}
    assert registry.build({})["schemas"] == {"Sex": schema}


def test_spectacular_describes_one_serializer_outside_its_generator() -> None:
    """`registry`, `method` and `resolve_serializer` of a view's schema, in
    tracker/api/json_schemas.py: a JSON Schema is the description of one document.
    """

    class Example(Serializer[Any]):
        name = CharField()

    schema: Any = type("Example", (APIView,), {"schema": AutoSchema()})(
        request=None
    ).schema
    schema.registry, schema.method = ComponentRegistry(), "GET"
    component = schema.resolve_serializer(Example, "response")
    described = schema.registry.build({})["schemas"]
    assert component.name == "Example"
    assert described["Example"]["properties"] == {"name": {"type": "string"}}


def test_spectacular_asks_an_extension_whether_it_is_for_this() -> None:
    """`_matches`, in tracker/api/schema.py: fields with a vocabulary are told by it,
    not by their class.
    """
    extension = import_module("tracker.api.schema").VocabularyField
    field = type("Field", (), {"vocabulary": "Sex"})()
    assert isinstance(extension.get_match(field), extension)


@pytest.mark.parametrize(
    "name", ["_is_list_view", "get_override_parameters", "get_filter_backends"]
)
def test_spectacular_asks_a_view_in_steps(name: str) -> None:
    """In tracker/api/describing.py and tables.py: a document has an id in its address,
    and a table the parameters of its list.
    """
    assert callable(getattr(AutoSchema, name))
    assert f"self.{name}(" in inspect.getsource(AutoSchema)


# --- pghistory and pgtrigger -------------------------------------------------------------------------------------


def test_pgtrigger_gives_every_trigger_with_its_model_and_the_name_of_its_function() -> (
    None
):
    """`registered` and `get_pgid`, in config/guards.py: functions that write history
    run as their owner.
    """
    writing = [
        (model, trigger)
        for model, trigger in registered()
        if isinstance(trigger, EventTrigger) and model is Claimant
    ]
    assert writing
    for model, trigger in writing:
        assert trigger.get_pgid(model).startswith("pgtrigger_write_")


@pytest.mark.django_db
def test_pgtrigger_asks_this_function_whether_to_ignore_a_trigger() -> None:
    """`_pgtrigger_should_ignore`, in config/guards.py: ours says no, whatever a login
    sets.
    """
    trigger = next(trigger for model, trigger in registered() if model is Claimant)
    compiled: Any = trigger.compile(Claimant)  # type: ignore[arg-type]
    assert "_pgtrigger_should_ignore" in compiled.install_sql
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE proname LIKE '%should_ignore'"
        )
        assert cursor.fetchall() == [("_pgtrigger_should_ignore",)]


def test_pgtrigger_a_condition_resolves_to_sql_for_a_model() -> None:
    """`AnyChange.resolve`, in cases/models/history.py: a citation is no update before
    its case is known.
    """
    sql = pghistory.AnyChange("name").resolve(Claimant)
    assert 'OLD."name" IS DISTINCT FROM (NEW."name")' in sql
    assert issubclass(pghistory.AnyChange, pgtrigger.AnyChange)


@pytest.mark.django_db
def test_pghistory_says_who_acts_by_these_two_settings() -> None:
    """`pghistory.context_id` and `pghistory.context_metadata`, in
    cases/history/acting.py: what was said is taken back at the end of a block, within
    the same transaction.
    """
    with pghistory.context(reason="why") as context:
        assert dict(context.metadata) == {"reason": "why"}
        Claimant.objects.create(name="Example")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('pghistory.context_id') <> '',"
                " current_setting('pghistory.context_metadata')::jsonb"
            )
            assert cursor.fetchone()[0]


def test_pghistory_marks_an_events_model_with_the_tracked_one() -> None:
    """`pgh_tracked_model`, in cases/models/dates.py: history keeps a date as it was
    typed, and no bounds.
    """
    assert hasattr(Event, "pgh_tracked_model")
    history: Any = import_module("cases.models").DetentionHistory
    assert history.pgh_tracked_model is Detention


# --- allauth -----------------------------------------------------------------------------------------------------


def test_allauth_counts_failures_by_a_key_that_the_adapter_makes() -> None:
    """`_get_login_attempts_cache_key`, in cases/desk/signin/adapter.py: allauth's own
    begins with the Host header, which the caller chooses.
    """
    step = DefaultAccountAdapter._get_login_attempts_cache_key
    assert parameters(step) == ["self", "request", "credentials"]
    callers = inspect.getsource(DefaultAccountAdapter)
    assert "self._get_login_attempts_cache_key(request, **credentials)" in callers


def test_allauth_names_an_account_to_the_authenticator_by_this_step() -> None:
    """`_get_user_identifier`, in cases/desk/signin/adapter.py: the account's name, not
    its e-mail address.
    """
    source = inspect.getsource(DefaultMFAAdapter)
    assert parameters(DefaultMFAAdapter._get_user_identifier) == ["self", "user"]
    assert source.count("self._get_user_identifier(") >= 2


@pytest.mark.django_db
def test_allauth_keeps_when_and_how_a_session_signed_in() -> None:
    """`get_authentication_records`, their `at`, `REAUTHENTICATION_TIMEOUT` and
    `context.request`, in cases/desk/signin/adapter.py: whoever has just signed in is not
    asked again.
    """
    request = RequestFactory().get("/")
    request.session = SessionStore()
    user = User.objects.create_user("somebody")
    record_authentication(request, user, "password")
    (record,) = get_authentication_records(request, user)
    assert record["at"] == pytest.approx(time.time(), abs=60)
    with allauth_context.request_context(request):
        assert allauth_context.request is request
    assert isinstance(allauth_settings.REAUTHENTICATION_TIMEOUT, int)


@pytest.mark.parametrize("form", [AuthenticateForm, ReauthenticateForm])
def test_allauth_knows_the_authenticator_once_a_code_is_cleaned(form: Any) -> None:
    """`clean_code` and `self.authenticator`, in cases/desk/signin/forms.py: a code of
    an app is good for one sign-in.
    """
    source = inspect.getsource(form.clean_code)
    assert "self.authenticator = " in source
    assert "return code" in source


@pytest.mark.django_db
def test_allauth_says_whether_an_account_has_a_factor_of_these_kinds() -> None:
    """`is_mfa_enabled` with kinds, in cases/desk/signin/middleware.py: recovery codes
    alone are no second factor.
    """
    user = User.objects.create_user("somebody")
    kinds = [Authenticator.Type.TOTP]
    assert not is_mfa_enabled(user, kinds)
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.RECOVERY_CODES, data={}
    )
    assert not is_mfa_enabled(user, kinds)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    assert is_mfa_enabled(user, kinds)


@pytest.mark.django_db
def test_allauth_lists_sessions_and_forgets_those_that_have_ended() -> None:
    """`UserSession.objects.purge_and_list`, in cases/desk/signin/views.py and
    acting.py.
    """
    user = User.objects.create_user("somebody")
    UserSession.objects.create(user=user, ip="192.0.2.1", session_key="that ended")
    assert list(UserSession.objects.purge_and_list(user)) == []
    assert not UserSession.objects.exists()


def test_allauth_remembers_a_used_code_by_this_key() -> None:
    """`TOTP._get_used_cache_key`, in tests/signin/test_second_factor.py: the test
    forgets it, to see that ours holds alone.
    """
    authenticator = Authenticator(user_id=5, type=Authenticator.Type.TOTP, data={})
    key = TOTP(authenticator)._get_used_cache_key("123456")
    assert "5" in key
    assert "123456" in key


# --- Others ------------------------------------------------------------------------------------------------------


def test_httpx_keeps_the_transport_of_a_client() -> None:
    """`client._transport`, in tests/tracker/test_mirror.py: the test looks at what was
    asked.
    """
    line = httpx.MockTransport(lambda _: httpx.Response(204))
    with httpx.Client(transport=line) as client:
        assert client._transport is line


def test_edtf_warns_only_while_it_is_imported() -> None:
    """tracker/dates.py keeps warnings of edtf's grammar quiet while it is built; later
    ones must be seen.
    """
    edtf = import_module("edtf")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert str(edtf.parse_edtf("2025-09~")) == "2025-09~"


def test_granian_and_django_log_under_these_names() -> None:
    """`_granian`, `granian.access` and `django.server`, in config/logs.py: their own
    handlers would write what people asked for.
    """
    granian: Any = import_module("granian.log")
    assert granian.logger.name == "_granian"
    assert "granian.access" in str(granian.LOGGING_CONFIG)
    assert settings.LOGGING["loggers"]["_granian"]["handlers"] == []


def test_django_makes_the_keys_of_sessions_in_one_place() -> None:
    """`_get_new_session_key`, in cases/desk/signin/sessions.py: the database gets a
    digest of each key.
    """
    makers: list[Any] = [SessionStore.create]
    makers.append(SessionStore._get_or_create_session_key)  # type: ignore[attr-defined]
    for maker in makers:
        assert "self._get_new_session_key()" in inspect.getsource(maker)


def test_djangos_test_client_sets_the_cookie_of_a_session_in_one_place() -> None:
    """`_set_login_cookies`, in tests/sessions.py."""
    assert "self._set_login_cookies(request)" in inspect.getsource(
        ClientMixin._login  # type: ignore[attr-defined]
    )
