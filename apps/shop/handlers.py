from apps.catalog.events import SpuChanged
from apps.core.bus import handles
from apps.core.shared_pages import renew_shared_pages


@handles(SpuChanged)
def show_new_pages_to_everybody(_event: SpuChanged) -> None:
    """A shared page lives for seconds anyway; a changed price or picture shows within one."""
    renew_shared_pages()
