"""Keys at the desk: who holds one, when it was last used, and how far its copy is."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.admin.dates import DayBox
from cases.desk.partners.models import Organisation, PartnersKey, Scope
from tracker.audiences import PARTNERS
from tracker.feed import BadCursor, Cursor


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    fields = ["name", "contact"]
    list_display = ["name"]
    search_fields = ["name"]


class KeyForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("May"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "read what partners may see; propose corrections and cases"
        ),
    )


@admin.register(PartnersKey)
class KeyAdmin(admin.ModelAdmin):
    """The desk shows a key once, when it is made.

    Nobody deletes a key: we must know later what was read with it.
    """

    form = KeyForm
    fields = ["organisation", "name", "scopes", "expiry_date"]
    kept = ["prefix", "created", "last_used_on", "copy_has"]
    list_display = [
        "name",
        "organisation",
        "may",
        "holds",
        "last_used_on",
        "copy_has",
        "expiry_date",
        "prefix",
    ]
    list_filter = [
        ("organisation", admin.RelatedOnlyFieldListFilter),
        "revoked",
        "expiry_date",
        "last_used_on",
    ]
    list_select_related = ["organisation"]
    search_fields = ["name", "organisation__name", "prefix"]
    autocomplete_fields = ["organisation"]
    actions = None

    def get_fields(self, request: HttpRequest, obj: PartnersKey | None = None) -> Any:
        if obj is None:
            return self.fields
        return [*self.fields, "revoked", *self.kept]

    def get_readonly_fields(
        self, request: HttpRequest, obj: PartnersKey | None = None
    ) -> list[str]:
        """A key stays with its organisation. Revoking cannot be undone."""
        if obj is None:
            return []
        fields = [*self.kept, "organisation"]
        if obj.revoked:
            fields += ["name", "expiry_date", "revoked"]
        return fields

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Of a day and its hour, which have one label together, each box says which."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "expiry_date" and field is not None:
            day, hour = field.widget.widgets = [DayBox(), field.widget.widgets[1]]
            day.attrs["aria-label"] = _("Day on which it expires")
            hour.attrs["aria-label"] = _("Hour at which it expires")
        return field

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        a_year_from_now = timezone.now() + timedelta(days=365)
        return {
            "scopes": [Scope.READ],
            "expiry_date": a_year_from_now,
            **super().get_changeform_initial_data(request),
        }

    def has_delete_permission(
        self, request: HttpRequest, obj: PartnersKey | None = None
    ) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[PartnersKey]:
        keys = super().get_queryset(request)
        feed = PARTNERS.feed_model._default_manager.all()
        return keys.annotate(
            epoch_now=Subquery(feed.values("epoch")[:1]),
            seq_now=Subquery(feed.values("last_seq")[:1]),
        )

    def save_model(
        self, request: HttpRequest, obj: PartnersKey, form: KeyForm, change: bool
    ) -> None:
        if not change:
            PartnersKey.objects.assign_key(obj)
        super().save_model(request, obj, form, change)

    def response_add(
        self,
        request: HttpRequest,
        obj: PartnersKey,
        post_url_continue: str | None = None,
    ) -> HttpResponse:
        """Show the new key on a page. A message would keep it in the session."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("The new key"),
            "key": obj,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/partners/key_made.html", context)

    @admin.display(description=gettext_lazy("may"))
    def may(self, key: PartnersKey) -> str:
        labels = [str(Scope(scope).label) for scope in key.scopes]
        return ", ".join(labels)

    @admin.display(description=gettext_lazy("valid"), boolean=True)
    def holds(self, key: PartnersKey) -> bool:
        return key.holds

    @admin.display(description=gettext_lazy("its copy has"))
    def copy_has(self, key: Any) -> str:
        """How far the copy is, by the last cursor that the partner presented, of those
        that we gave to this key.

        The partner may still hold what was withdrawn after that.
        """
        if not key.cursor and key.sent:
            return _("not known: it has confirmed nothing of what it was sent")
        try:
            cursor = Cursor.read(key.cursor)
        except BadCursor:
            return _("never asked for changes")
        if cursor.epoch != key.epoch_now:
            return _("nothing since the numbers started anew")
        if cursor.seq == key.seq_now:
            return _("all changes (%(now)s)") % {"now": key.seq_now}
        return _("changes up to %(seq)s of %(now)s") % {
            "seq": cursor.seq,
            "now": key.seq_now,
        }
