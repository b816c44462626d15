import zlib
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from apps.catalog.models import Media
from apps.catalog.rendering import MAX_BYTES
from apps.catalog.selectors import skus_for_sale
from apps.catalog.services import UnusablePicture, add_media, remove_media
from apps.catalog.services.renditions import render_due_media
from apps.catalog.tests.factories import SkuFactory
from apps.core.errors import InvalidInput

pytestmark = pytest.mark.django_db


def drawn(size=(900, 600), kind="PNG", mode="RGB", **options):
    out = BytesIO()
    Image.new(mode, size, "tomato").save(out, kind, **options)
    return out


def stored():
    return default_storage.listdir("goods")[1] if default_storage.exists("goods") else []


@pytest.fixture
def sku():
    return SkuFactory()


def upload(sku, data, **more):
    data.seek(0)
    return add_media(spu_id=sku.spu_id, upload=data, actor=None, **more)


@pytest.mark.parametrize(
    ("kind", "mode", "extension"),
    [
        ("PNG", "RGBA", "png"),
        ("JPEG", "RGB", "jpg"),
        ("JPEG", "CMYK", "jpg"),
        ("WEBP", "RGB", "webp"),
    ],
)
def test_a_picture_is_drawn_anew_and_rendered_in_widths(sku, kind, mode, extension):
    media = upload(sku, drawn(kind=kind, mode=mode), alt=" 正面 ")
    assert media.image.name.endswith(f".{extension}")
    assert (media.width, media.height, media.alt) == (900, 600, "正面")

    assert (render_due_media(), render_due_media()) == (1, 0)

    media.refresh_from_db()
    assert list(media.renditions) == ["160", "400", "800"]
    for width, paths in media.renditions.items():
        for name, path in paths.items():
            with default_storage.open(path) as file, Image.open(file) as picture:
                assert (picture.format, picture.size) == (
                    name.upper(),
                    (int(width), round(int(width) * 2 / 3)),
                )
    assert skus_for_sale([sku.pk])[sku.pk].image_url == f"/media/{media.renditions['400']['jpeg']}"


def test_nothing_of_the_sender_s_file_stays_behind_the_picture(sku):
    exif = Image.Exif()
    exif[0x9286] = "secret place"
    data = drawn(kind="JPEG", exif=exif)
    data.seek(0, 2)
    data.write(b"<script>alert(1)</script>")

    media = upload(sku, data)

    kept = default_storage.open(media.image.name).read()
    assert b"script" not in kept
    assert b"secret" not in kept


def test_large_pictures_are_made_smaller(sku):
    media = upload(sku, drawn((3000, 1500)))

    assert (media.width, media.height) == (2000, 1000)


def pixel_flood():
    """A PNG of 50,000 × 50,000 pixels in some bytes."""
    data = bytearray(drawn((20, 20)).getvalue())
    data[16:24] = (50_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    return BytesIO(bytes(data))


BAD = {
    "nothing": BytesIO,
    "text": lambda: BytesIO(b"<html><script>alert(1)</script></html>"),
    "svg": lambda: BytesIO(b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'),
    "pdf": lambda: BytesIO(b"%PDF-1.7\n" + b"\0" * 100),
    "gif": lambda: drawn(kind="GIF"),
    "bmp": lambda: drawn(kind="BMP"),
    "truncated": lambda: BytesIO(drawn(kind="JPEG").getvalue()[:300]),
    "only a head": lambda: BytesIO(b"\x89PNG\r\n\x1a\n" + b"\0" * 50),
    "pixel flood": pixel_flood,
    "too many bytes": lambda: BytesIO(drawn().getvalue() + b"\0" * MAX_BYTES),
    "one pixel": lambda: drawn((1, 1)),
    "broken webp": lambda: BytesIO(b"RIFF\xff\xff\xff\xffWEBPVP8 " + b"\xff" * 64),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_picture_is_refused_and_nothing_is_kept(sku, name):
    before = stored()

    with pytest.raises(UnusablePicture):
        upload(sku, BAD[name]())

    assert stored() == before
    assert not Media.objects.exists()


def test_a_picture_of_another_product_s_sku_is_refused(sku):
    with pytest.raises(InvalidInput):
        upload(sku, drawn(), sku_id=SkuFactory().pk)

    assert not Media.objects.exists()


def test_a_removed_picture_leaves_its_file_to_the_orders_that_show_it(sku):
    media = upload(sku, drawn())
    name = media.image.name

    remove_media(media_id=media.pk, actor=None)

    assert not Media.objects.exists()
    assert default_storage.exists(name)
    sku.spu.refresh_from_db()
    assert sku.spu.version == 3
