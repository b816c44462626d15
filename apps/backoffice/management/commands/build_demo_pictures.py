import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from PIL import Image
from tqdm import tqdm

from apps.backoffice.demo.pictures import banners, gallery
from apps.backoffice.demo.reading import (
    MEDIA_DIR,
    DemoSpu,
    read_banners,
    read_catalogue,
    shop_words,
)

_QUALITY = 76
_CARD = 400


class Command(BaseCommand):
    help = (
        "Draw the pictures of the demo shop anew. Needs the npm package @lobehub/fluent-emoji-3d "
        "and Debian's fonts-noto-cjk; the results are committed, so a shop that runs needs neither."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("package", type=Path, help="node_modules/@lobehub/fluent-emoji-3d")

    def handle(self, *args: Any, **options: Any) -> None:
        assets = options["package"] / "assets"
        if not assets.is_dir():
            raise CommandError(f"There are no drawings in {assets}.")
        for folder in ("goods", "banners", "categories", "merchants"):
            shutil.rmtree(MEDIA_DIR / folder, ignore_errors=True)
            (MEDIA_DIR / folder).mkdir(parents=True)
        jobs = list(_jobs(assets))
        with ProcessPoolExecutor(os.cpu_count()) as pool:
            done = as_completed([pool.submit(job) for job in jobs])
            size = sum(job.result() for job in tqdm(done, total=len(jobs), unit="job"))
        self.stdout.write(f"{size / 1024 / 1024:.1f} MiB of pictures written.")


def _jobs(assets: Path) -> Iterator[partial[int]]:
    categories, spus = read_catalogue()
    for spu in spus:
        yield partial(_draw_goods, assets, spu)
    for category in categories:
        yield partial(_draw_category, assets, category.slug, category.icon)
    for banner in read_banners():
        yield partial(_draw_banner, assets, banner)
    for code, merchant in shop_words()["merchants"].items():
        yield partial(_draw_merchant, code, merchant)


def _draw_goods(assets: Path, spu: DemoSpu) -> int:
    first = spu.colours[0] if spu.colours else ""
    pictures = {
        spu.picture(1): gallery.draw_hero(assets, spu, first),
        spu.picture(2): gallery.draw_scene(assets, spu),
        spu.picture(3): gallery.draw_reasons(assets, spu),
        spu.picture(4): gallery.draw_fourth(assets, spu),
    }
    for colour in spu.colours[1:]:
        pictures[spu.picture_in(colour)] = gallery.draw_hero(assets, spu, colour)
    return sum(_save(picture, name, _CARD) for name, picture in pictures.items())


def _draw_category(assets: Path, slug: str, icon: str) -> int:
    return _save(banners.draw_tile(assets, icon), f"categories/{slug}.webp")


def _draw_banner(assets: Path, banner: dict[str, Any]) -> int:
    wide = banners.draw_banner(assets, banner, banners.WIDE)
    narrow = banners.draw_banner(assets, banner, banners.NARROW)
    slug = banner["slug"]
    return _save(wide, f"banners/{slug}.webp") + _save(narrow, f"banners/{slug}-narrow.webp")


def _draw_merchant(code: str, merchant: dict[str, Any]) -> int:
    return _save(banners.draw_mark(merchant["mark"], merchant["ink"]), f"merchants/{code}.webp")


def _save(picture: Image.Image, name: str, *widths: int) -> int:
    path = MEDIA_DIR / name
    picture.save(path, quality=_QUALITY, method=6)
    size = path.stat().st_size
    for width in widths:
        smaller = picture.resize((width, width), Image.Resampling.LANCZOS)
        path = path.with_stem(f"{path.stem}-{width}")
        smaller.save(path, quality=_QUALITY, method=6)
        size += path.stat().st_size
    return size
