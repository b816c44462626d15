from apps.catalog.translations import active_language, translated
from apps.content.models import Banner, BannerQuerySet, BannerTranslation


def list_banners(language: str | None = None) -> BannerQuerySet:
    """Return the banners whose time it is, in their order, with ``title`` and ``subtitle`` in a language."""
    chosen = language or active_language()

    def text(field: str) -> object:
        return translated(BannerTranslation, "banner", field, language=chosen)

    banners: BannerQuerySet = (
        Banner.objects.shown_now()
        .annotate(title=text("title"), subtitle=text("subtitle"))
        .order_by("position", "pk")
    )
    return banners
