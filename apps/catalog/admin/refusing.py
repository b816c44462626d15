"""A command's refusal, shown in the form that it came from, with everything that was typed."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from apps.catalog.uploads import RedrawingForm
from apps.core.errors import Refusal

REFUSAL = "catalog_refusal"


class RefusingForm(RedrawingForm):
    """A form that a refusal of the command behind it makes invalid."""

    request: HttpRequest

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        refusal: Refusal | None = getattr(self.request, REFUSAL, None)
        if refusal is not None:
            raise forms.ValidationError(list(_sentences(refusal)))
        return data


class RefusingAdmin:
    """
    Saves by a command. When that refuses, nothing is written and the form comes back.

    The view runs once in a transaction; if it is refused, it runs again with the refusal known to its form.
    """

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        view = super().changeform_view  # type: ignore[misc]
        try:
            with transaction.atomic():
                return view(request, object_id, form_url, extra_context)  # type: ignore[no-any-return]
        except Refusal as refusal:
            setattr(request, REFUSAL, refusal)
            return view(request, object_id, form_url, extra_context)  # type: ignore[no-any-return]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[Any]]:
        form = super().get_form(request, obj, change, **kwargs)  # type: ignore[misc]
        return type(form.__name__, (form,), {"request": request})

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[Any]:
        """Leave the log of the admin brief: the audit log knows each field."""
        return []


def _sentences(refusal: Refusal) -> list[str]:
    """Return the refusal, and for a conflict of versions what somebody else has changed."""
    found = [refusal.message]
    for change in refusal.details.get("changes", []):
        for name, (before, after) in change["fields"].items():
            found.append(
                _("{by} changed “{field}” from “{before}” to “{after}”.").format(
                    by=change["by"] or "–", field=name, before=_brief(before), after=_brief(after)
                )
            )
    for code, (before, after) in (
        (refusal.details.get("skus") or {}).items()
        if refusal.code == "PRICE_NEEDS_CONFIRMATION"
        else ()
    ):
        found.append(f"{code}: {before} → {after}")
    return found


def _brief(value: Any) -> str:
    text = "–" if value is None else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


LONGEST = 120
