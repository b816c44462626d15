"""Texts of goods stand in rows, one per language; a missing one falls back."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, F, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

LANGUAGE_CHOICES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]


class Translation(models.Model):
    """The words of one row in one language; a concrete model adds the row and the words."""

    language = models.CharField(_("language"), max_length=10, choices=LANGUAGE_CHOICES)

    class Meta:
        abstract = True

    objects: ClassVar[models.Manager[Any]]


def active_language() -> str:
    """Return the language that is active now, if the shop has it, else its first."""
    language = get_language() or ""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def translated(
    model: type[models.Model], owner: str, field: str | Combinable, *, language: str, of: str = "pk"
) -> Subquery:
    """
    Return the expression for a text (or several, as JSON) in a language, or in the shop's first, or in any.

    ``owner`` is the translation's foreign key, ``of`` what it must equal in the outer query.
    """
    rank = Case(
        When(language=language, then=Value(0)),
        When(language=settings.LANGUAGE_CODE, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = model._default_manager.filter(**{owner: OuterRef(of)}).order_by(rank, "language")
    return Subquery(rows.values(text=F(field) if isinstance(field, str) else field)[:1])


def pick_name(names: Mapping[str, str], language: str) -> str:
    """Return the name in a language, or in the shop's first, or in any."""
    for each in (language, settings.LANGUAGE_CODE):
        if names.get(each):
            return names[each]
    return next((name for name in names.values() if name), "")
