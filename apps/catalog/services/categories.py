from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.catalog.drafts import LANGUAGE_NEEDED, SLUG
from apps.catalog.events import CategoryChanged
from apps.catalog.models import Category, CategoryTranslation, Spu, SpuStatus
from apps.catalog.models.categories import MAX_DEPTH
from apps.catalog.services.saving import SlugTaken
from apps.core.actors import Actor
from apps.core.audit import record_audit
from apps.core.bus import publish
from apps.core.errors import InvalidInput, Refusal


class CategoryMisplaced(Refusal):
    code = "CATEGORY_MISPLACED"
    http_status = 409
    text = _("A category cannot be below itself, nor more than three levels deep.")


class CategoryInUse(Refusal):
    code = "CATEGORY_IN_USE"
    http_status = 409
    text = _("There are products or categories in this category.")


@transaction.atomic
def save_category(
    *,
    slug: str,
    names: Mapping[str, str],
    actor: Actor | None,
    category_id: int | None = None,
    parent_id: int | None = None,
    position: int = 0,
    is_active: bool = True,
) -> Category:
    """
    Write a category, a new one or one that is there; what is below it moves along with it.

    :raises InvalidInput: if the address or the Chinese name is missing
    :raises CategoryMisplaced: if it would be below itself or too deep
    :raises SlugTaken: if another one has this address
    """
    if not SLUG.fullmatch(slug):
        raise InvalidInput(field="slug", reason=_("lower-case letters, digits and hyphens"))
    if not names.get(LANGUAGE_NEEDED, "").strip():
        raise InvalidInput(field="name", reason=_("it is missing"))
    everything = {row.pk: row for row in Category.objects.all().locked()}
    category = everything[category_id] if category_id else Category()
    _place(category, everything.get(parent_id) if parent_id else None, everything)
    category.slug, category.position, category.is_active = slug, position, is_active
    try:
        with transaction.atomic():
            category.save()
    except IntegrityError as problem:
        raise SlugTaken(slug=slug) from problem
    for language, name in names.items():
        CategoryTranslation.objects.update_or_create(
            category=category, language=language, defaults={"name": name.strip()[:60]}
        )
    after = {"slug": slug, "parent": parent_id, "names": dict(names), "is_active": is_active}
    record_audit("catalog.save_category", category, actor=actor, after=after)
    publish(CategoryChanged(category_id=category.pk))
    return category


@transaction.atomic
def delete_category(*, category_id: int, actor: Actor | None) -> None:
    """
    Delete an empty category.

    :raises CategoryInUse: if there is a category below it, or an SPU in it
    """
    category = Category.objects.locked().get(pk=category_id)
    if category.children.exists() or Spu.objects.filter(category=category).exists():
        raise CategoryInUse()
    record_audit("catalog.delete_category", category, actor=actor, before={"slug": category.slug})
    publish(CategoryChanged(category_id=category.pk))
    category.delete()


def has_live_spus(category: Category) -> bool:
    """Say whether shoppers find something in this category."""
    is_live: bool = Spu.objects.filter(category=category, status=SpuStatus.ON_SHELF).exists()
    return is_live


def _place(category: Category, parent: Category | None, everything: dict[int, Category]) -> None:
    """Hang a category below another, with all below it, or refuse."""
    level = parent.level + 1 if parent else 1
    below = _below(category, everything)
    depth = max((row.level for row in below), default=category.level or level)
    height = depth - (category.level or level)
    if parent in [category, *below] or level + height > MAX_DEPTH:
        raise CategoryMisplaced()
    shift = level - category.level if category.pk else 0
    category.parent, category.level = parent, level
    for row in below:
        row.level += shift
    if shift:
        Category.objects.bulk_update(below, ["level"])


def _below(category: Category, everything: dict[int, Category]) -> list[Category]:
    if not category.pk:
        return []
    children = [row for row in everything.values() if row.parent_id == category.pk]
    return [*children, *(row for child in children for row in _below(child, everything))]
