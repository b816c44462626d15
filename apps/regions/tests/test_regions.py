import csv

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from apps.core.errors import NotFound
from apps.regions.models import Region, RegionLevel
from apps.regions.selectors import (
    is_leaf_region,
    list_children,
    list_provinces,
    region_path,
    region_paths_by_code,
)
from apps.regions.services import REGIONS_CSV, load_regions, read_regions


def test_the_bundled_list_is_whole(regions):
    by_level = {level: Region.objects.filter(level=level).count() for level in RegionLevel}

    assert by_level == {1: 34, 2: 369, 3: 3479}
    assert Region.objects.filter(level=2).exclude(parent__level=1).count() == 0
    assert Region.objects.filter(level=3).exclude(parent__level=2).count() == 0
    assert [row.name for row in list_provinces()[:3]] == ["北京市", "天津市", "河北省"]


def test_loading_again_changes_nothing(regions):
    before = list(Region.objects.order_by("code").values())

    load_regions(read_regions())

    assert list(Region.objects.order_by("code").values()) == before


def test_a_region_that_left_the_list_stays_for_old_addresses(regions):
    kept = [row for row in read_regions() if row.code != "330106"]

    load_regions(kept)

    assert not Region.objects.get(code="330106").is_active
    assert "330106" not in {row.code for row in list_children("330100")}
    assert region_path("330106") == ("浙江省", "杭州市", "西湖区")
    load_regions(read_regions())
    assert Region.objects.get(code="330106").is_active


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("110101", ("北京市", "北京市", "东城区")),
        ("441904", ("广东省", "东莞市", "长安镇")),
        ("442016", ("广东省", "中山市", "阜沙镇")),
        ("460401", ("海南省", "儋州市", "那大镇")),
        ("429004", ("湖北省", "省直辖县", "仙桃市")),
        ("810102", ("香港特别行政区", "香港岛", "湾仔区")),
        ("820202", ("澳门特别行政区", "离岛", "嘉模堂区")),
        ("330100", ("浙江省", "杭州市")),
        ("330000", ("浙江省",)),
    ],
)
def test_a_path_names_every_level(regions, code, path):
    assert region_path(code) == path


def test_an_unknown_code_has_no_path(regions):
    with pytest.raises(NotFound):
        region_path("999999")
    assert region_paths_by_code(["999999", "110101"]) == {"110101": ("北京市", "北京市", "东城区")}


def test_a_city_without_districts_is_where_an_address_ends(regions):
    Region.objects.filter(parent_id="441900").update(is_active=False)

    dongguan = next(row for row in list_children("440000") if row.code == "441900")

    assert dongguan.is_leaf
    assert is_leaf_region("441900")
    assert not is_leaf_region("441904")
    assert not is_leaf_region("440000")
    assert list(list_children("441900")) == []


def test_paths_of_many_codes_take_one_query(regions, django_assert_num_queries):
    with django_assert_num_queries(1):
        paths = region_paths_by_code(["110101", "441904", "330000"])

    assert paths["330000"] == ("浙江省",)


@pytest.mark.parametrize(
    "row",
    [
        {"code": "12345", "level": 1},
        {"code": "12345x", "level": 1},
        {"code": "123456", "level": 2},
    ],
)
def test_the_database_refuses_what_is_no_region(db, row):
    with pytest.raises(IntegrityError), transaction.atomic():
        Region.objects.create(name="无", **row)


def test_a_broken_file_loads_nothing(db, tmp_path):
    broken = tmp_path / "broken.csv"
    broken.write_text("code,parent_code,name,level\n110000,,北京市,1\n110100,110000,北京市,two\n")

    with pytest.raises(CommandError, match=r"broken\.csv, line 3"):
        call_command("load_regions", file=broken)

    assert not Region.objects.exists()


def test_the_list_is_made_from_the_package(tmp_path, monkeypatch):
    package, target = tmp_path / "package", tmp_path / "regions.csv"
    (package / "dist").mkdir(parents=True)
    (package / "dist" / "index.js").write_text(
        'const areaList = {\n province_list: {\n 440000: "\\u5E7F\\u4E1C\\u7701"\n },\n'
        ' city_list: {\n 441900: "\\u4E1C\\u839E\\u5E02"\n },\n county_list: {\n 441901: "\\u4E2D"\n }\n};'
    )
    monkeypatch.setattr("apps.regions.management.commands.build_regions.REGIONS_CSV", target)

    call_command("build_regions", package)

    with target.open() as file:
        assert list(csv.reader(file))[1:] == [
            ["440000", "", "广东省", "1"],
            ["441900", "440000", "东莞市", "2"],
            ["441901", "441900", "中", "3"],
        ]


def test_the_bundled_file_has_no_code_twice():
    codes = [row.code for row in read_regions(REGIONS_CSV)]

    assert len(codes) == len(set(codes)) == 3882
