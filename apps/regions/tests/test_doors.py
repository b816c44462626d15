import pytest


@pytest.mark.parametrize(
    ("url", "key"), [("/api/v1/regions/", None), ("/regions/", "regions")], ids=["api", "picker"]
)
def test_provinces_are_listed_and_may_be_kept(client, regions, django_assert_num_queries, url, key):
    with django_assert_num_queries(1):
        answer = client.get(url)

    rows = answer.json()[key] if key else answer.json()
    assert answer.status_code == 200
    assert len(rows) == 34
    assert rows[0]["name"] == "北京市"
    assert rows[0]["is_leaf"] is False
    assert "public" in answer["Cache-Control"]
    again = client.get(url, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_the_api_lists_what_lies_below(client, regions):
    rows = client.get("/api/v1/regions/", {"parent": "441900"}).json()

    assert rows[0] == {
        "code": "441901",
        "parent": "441900",
        "name": "中堂镇",
        "level": 3,
        "is_leaf": True,
    }


def test_the_api_shows_one_region_with_its_path(client, regions):
    body = client.get("/api/v1/regions/330106/").json()

    assert body["name"] == "西湖区"
    assert [step["name"] for step in body["path"]] == ["浙江省", "杭州市", "西湖区"]


def test_the_picker_descends(client, regions):
    rows = client.get("/regions/330100/").json()["regions"]

    assert {"code": "330106", "name": "西湖区", "is_leaf": True} in rows


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("/api/v1/regions/?parent=999999", 404, "NOT_FOUND"),
        ("/api/v1/regions/?parent=12", 400, "VALIDATION_FAILED"),
        ("/api/v1/regions/?parent=１２３４５６", 400, "VALIDATION_FAILED"),
        ("/api/v1/regions/999999/", 404, "NOT_FOUND"),
        ("/regions/999999/", 404, "NOT_FOUND"),
    ],
)
def test_what_is_no_region_is_said_so(client, regions, url, status, code):
    answer = client.get(url)

    assert answer.status_code == status
    assert answer.json()["code"] == code


def test_nothing_can_be_written(client, regions):
    assert client.post("/api/v1/regions/", {}).status_code == 405
    assert client.post("/regions/").status_code == 405
