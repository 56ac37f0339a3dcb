"""What a documenter does with a page of the desk: read what stands in its boxes, type
over some, press Save.
"""

from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse

Page = dict[str, Any]


class _Boxes(HTMLParser):
    """What the page's main form would send: {name: value, or a list of values}."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.inside = False
        self.select = self.textarea = ""
        self.first_option = ""

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attributes = dict(pairs)
        name = attributes.get("name") or ""
        if tag == "form":
            self.inside = (attributes.get("id") or "").endswith("_form")
        elif not self.inside or "__prefix__" in name:
            self.select = self.textarea = ""
        elif tag == "input" and name and attributes.get("type") != "submit":
            if (
                attributes.get("type") not in {"checkbox", "radio"}
                or "checked" in attributes
            ):
                self.values.setdefault(name, []).append(
                    attributes.get("value") or "on" * ("checked" in attributes)
                )
        elif tag == "textarea":
            self.textarea = name
            self.values[name] = [""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in attributes:
            self.values.setdefault(self.select, []).append(
                attributes.get("value") or ""
            )

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.values[self.textarea][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            # HTML drops the line break after the tag.
            self.values[self.textarea] = (
                [self.values[self.textarea][0].removeprefix("\n")]
                if self.textarea
                else []
            )
            self.textarea = ""
        elif tag == "select":
            self.select = ""
        elif tag == "form":
            self.inside = False


def address(record: Any, page: str = "change") -> str:
    """Of what has a page that one reads, that is "file"; "change" is the whole form."""
    kind = record._meta.model_name
    if kind in {"prisoner", "facility", "releaseevent", "source"} and page == "change":
        return f"{address(record, 'file')}?edit=all"
    if page == "file":
        page = "change"
    return reverse(f"admin:cases_{kind}_{page}", args=[record.pk])


def opened(client: Client, url: str) -> Page:
    response = client.get(url)
    assert response.status_code == 200, response
    return boxes_of(response.content.decode())


def boxes_of(page: str) -> Page:
    boxes = _Boxes()
    boxes.feed(page)
    return dict(boxes.values)


def saved(client: Client, url: str, **changes: Any) -> Any:
    """Open, type, save; the response."""
    return sent(client, url, {**opened(client, url), **changes})


def sent(client: Client, url: str, page: Page) -> Any:
    """Save, and again if the page says first what readers will see; the response."""
    response = client.post(url, page)
    token = foreseen_token(response)
    if token:
        response = client.post(url, {**page, "foreseen": token})
    return response


def foreseen_token(response: Any) -> str:
    """ "" if the page does not ask."""
    context = response.context
    foreseen = context.get("foreseen") if context is not None else None
    return foreseen.token if foreseen else ""


def with_row(page: Page, of: str, **fields: Any) -> Page:
    """The page with one more row, as pressing “Add another” does."""
    number = int(page[f"{of}-TOTAL_FORMS"][0])
    return {
        **page,
        f"{of}-TOTAL_FORMS": number + 1,
        **{f"{of}-{number}-{name}": value for name, value in fields.items()},
    }


def doubted(response: Any) -> list[str]:
    """The keys of what the page asks: is this so?"""
    assert response.status_code == 200, "it was saved"
    field = response.context["adminform"].form.fields["source_says"]
    return [key for key, _sentence in field.choices]


def complaints(response: Any) -> str:
    """Every sentence with which the page refuses."""
    assert response.status_code == 200, "it was saved"
    forms = [response.context["adminform"].form]
    sentences = []
    for inline in response.context["inline_admin_formsets"]:
        forms += inline.formset.forms
        sentences += inline.formset.non_form_errors()
    for form in forms:
        for name, errors in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            sentences += [f"{label}: {error}" if label else error for error in errors]
    return " ".join(map(str, sentences))


def recording(source: Any, *, says_changed: bool = False) -> Page:
    """The panel of the source in hand, filled in."""
    boxes = {"recording": source.pk}
    if says_changed:
        boxes["recording_changed"] = "on"
    return boxes
