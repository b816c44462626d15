from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.files.storage import default_storage

from apps.catalog.models import Category, CategoryTranslation
from apps.catalog.translations import active_language, translated
from apps.core.errors import NotFound


@dataclass(slots=True)
class CategoryNode:
    """A category with its name in one language and what is below it."""

    id: int
    slug: str
    name: str
    level: int
    image_url: str
    parent: "CategoryNode | None" = field(default=None, repr=False)
    children: list["CategoryNode"] = field(default_factory=list)

    def path(self) -> list["CategoryNode"]:
        """Return the categories from the first level down to this one."""
        return [*(self.parent.path() if self.parent else []), self]

    def walk(self) -> Iterator["CategoryNode"]:
        """Yield this category and everything below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def category_tree(language: str | None = None) -> list[CategoryNode]:
    """Return the first-level categories that are shown, with all below them, in one statement."""
    rows = (
        Category.objects.active()
        .annotate(
            name=translated(
                CategoryTranslation, "category", "name", language=language or active_language()
            )
        )
        .order_by("level", "position", "pk")
        .values_list("pk", "parent_id", "slug", "level", "image", "name")
    )
    nodes: dict[int, CategoryNode] = {}
    roots: list[CategoryNode] = []
    for pk, parent_id, slug, level, image, name in rows:
        above = nodes.get(parent_id)
        if parent_id and above is None:
            continue  # what is below a hidden category is hidden
        url = default_storage.url(image) if image else ""
        node = CategoryNode(pk, slug, name or slug, level, url, above)
        nodes[pk] = node
        (above.children if above else roots).append(node)
    return roots


def find_category(
    slug: str, *, language: str | None = None, tree: list[CategoryNode] | None = None
) -> CategoryNode | None:
    """Return the shown category with this address, with its parents and children; None if there is none."""
    roots = category_tree(language) if tree is None else tree
    return next((node for root in roots for node in root.walk() if node.slug == slug), None)


def get_category(
    slug: str, *, language: str | None = None, tree: list[CategoryNode] | None = None
) -> CategoryNode:
    """
    Return the shown category with this address.

    :raises NotFound: if there is none
    """
    node = find_category(slug, language=language, tree=tree)
    if node is None:
        raise NotFound(category=slug)
    return node
