import struct
import zlib
from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from apps.accounts.avatars import BadPicture, draw_avatar
from apps.accounts.models import UserSession
from apps.accounts.tokens import issue_tokens
from apps.core import clock
from apps.core.models import AuditEntry

pytestmark = pytest.mark.django_db


def told(**changes):
    return {
        "nickname": "小明 👨‍👩‍👧",
        "birthday": "1990-02-28",
        "gender": "MALE",
        "language": "en",
        "wants_marketing": "on",
        **changes,
    }


def picture(kind="PNG", size=(300, 200), **extra):
    file = BytesIO()
    Image.new("RGB", size, "#bf2f24").save(file, kind, **extra)
    return file.getvalue()


def a_flood(width=50_000, height=50_000):
    """A small PNG that says it is enormous."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def test_a_profile_is_written_down(client, shopper):
    client.force_login(shopper)

    answer = client.post("/account/", told())

    shopper.refresh_from_db()
    assert answer.status_code == 302
    assert answer.cookies["django_language"].value == "en"
    assert (shopper.nickname, shopper.birthday) == ("小明 👨‍👩‍👧", date(1990, 2, 28))
    assert (shopper.gender, shopper.language) == ("MALE", "en")
    assert shopper.marketing_consent_at is not None


def test_consent_is_kept_with_its_time_and_its_history(client, shopper):
    client.force_login(shopper)
    client.post("/account/", told())
    shopper.refresh_from_db()
    agreed_at = shopper.marketing_consent_at
    clock.travel(timedelta(days=1))
    client.post("/account/", told(nickname="other"))
    shopper.refresh_from_db()
    assert shopper.marketing_consent_at == agreed_at

    client.post("/account/", told(wants_marketing=""))

    shopper.refresh_from_db()
    assert shopper.marketing_consent_at is None
    moves = AuditEntry.objects.order_by("pk").values_list("before__consent", "after__consent")
    assert list(moves) == [(False, True), (True, False)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"nickname": "x" * 41},
        {"nickname": "a\u2028b"},
        {"birthday": "1899-12-31"},
        {"birthday": "2999-01-01"},
        {"birthday": "0001-01-01"},
        {"birthday": "1990-02-30"},
        {"gender": "OTHER!"},
        {"language": "xx"},
        {"language": ""},
    ],
)
def test_what_cannot_be_true_changes_nothing(client, shopper, wrong):
    client.force_login(shopper)

    answer = client.post("/account/", told(**wrong))

    shopper.refresh_from_db()
    assert answer.status_code == 400
    assert (shopper.nickname, shopper.birthday, shopper.language) == ("小明", None, "zh-hans")


def test_nobody_promotes_themselves(client, shopper):
    client.force_login(shopper)

    client.post("/account/", told(is_staff="on", is_superuser="on", phone="13900000000"))

    shopper.refresh_from_db()
    assert (shopper.is_staff, shopper.is_superuser, shopper.phone) == (False, False, "13812345678")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_drawn_anew(client, shopper, kind):
    client.force_login(shopper)
    upload = SimpleUploadedFile("../../evil.php", picture(kind) + b"<?php system('id'); ?>")

    client.post("/account/", told(avatar=upload))

    shopper.refresh_from_db()
    stored = shopper.avatar.read()
    with Image.open(BytesIO(stored)) as drawn:
        assert (drawn.format, drawn.size) == ("WEBP", (256, 256))
    assert b"php" not in stored
    assert shopper.avatar.name.startswith("avatars/")
    assert shopper.avatar.name.endswith(".webp")


def test_the_old_picture_is_forgotten(client, shopper):
    client.force_login(shopper)
    client.post("/account/", told(avatar=SimpleUploadedFile("a.png", picture())))
    shopper.refresh_from_db()
    first = shopper.avatar.name

    client.post("/account/", told(avatar=SimpleUploadedFile("b.png", picture("JPEG"))))
    shopper.refresh_from_db()
    second = shopper.avatar.name
    client.post("/account/", told(remove_avatar="on"))

    shopper.refresh_from_db()
    assert not shopper.avatar
    assert [default_storage.exists(name) for name in (first, second)] == [False, False]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>alert(1)</script></html>",
        b"GIF89a" + b"\0" * 100,
        picture("BMP"),
        picture("PNG")[:60],
        picture("JPEG")[:200],
        a_flood(),
        a_flood(7000, 7000),
        b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
        b"\0" * (5 * 1024 * 1024 + 1),
    ],
)
def test_what_is_no_picture_is_refused(client, shopper, raw):
    client.force_login(shopper)
    with pytest.raises(BadPicture):
        draw_avatar(BytesIO(raw))

    answer = client.post(
        "/account/", told(avatar=SimpleUploadedFile("a.png", raw or b"?", "image/png"))
    )

    shopper.refresh_from_db()
    assert answer.status_code == 400
    assert (bool(shopper.avatar), shopper.nickname) == (False, "小明")


def test_a_picture_with_a_direction_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    tall = Image.new("RGB", (400, 400), "white")
    tall.paste("black", (0, 0, 400, 200))
    file = BytesIO()
    tall.save(file, "JPEG", exif=exif)

    with Image.open(BytesIO(draw_avatar(BytesIO(file.getvalue())).read())) as drawn:
        left, right = drawn.getpixel((20, 128)), drawn.getpixel((236, 128))

    assert sum(left) > 700
    assert sum(right) < 60


def test_where_one_is_signed_in_is_listed(client, shopper, other_shopper):
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile Safari/604.1"
    client.post(
        "/account/sign-in/",
        {"contact": shopper.phone, "password": "calm-river-42"},
        headers={"user-agent": agent},
    )
    issue_tokens(user_id=shopper.pk, agent="ShopApp/2.1 (Android 15)")
    Client().force_login(other_shopper)

    rows = client.get("/account/sessions/").context["sessions"]

    assert [(row.device, row.is_current, row.is_app) for row in rows] == [
        ("Safari · iPhone", True, False),
        ("Android", False, True),
    ]


def test_another_device_is_signed_out(client, shopper):
    elsewhere = Client()
    for each in (client, elsewhere):
        each.force_login(shopper)
    row = UserSession.objects.get(session_key=elsewhere.session.session_key)

    assert client.post(f"/account/sessions/{row.public_id}/closing/").status_code == 302

    assert elsewhere.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 200


def test_nobody_signs_others_out(client, shopper, other_shopper):
    theirs = Client()
    theirs.force_login(other_shopper)
    client.force_login(shopper)
    row = UserSession.objects.get(user=other_shopper)

    assert client.post(f"/account/sessions/{row.public_id}/closing/").status_code == 404
    assert client.post(f"/account/sessions/{uuid4()}/closing/").status_code == 404

    assert theirs.get("/account/").status_code == 200


def test_signing_out_everywhere(client, shopper, other_shopper):
    elsewhere, theirs = Client(), Client()
    for each in (client, elsewhere):
        each.force_login(shopper)
    theirs.force_login(other_shopper)

    client.post("/account/sessions/closing/")

    assert [each.get("/account/").status_code for each in (client, elsewhere, theirs)] == [
        302,
        302,
        200,
    ]
