import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/admin/login/", "/api/v1/docs/", "/api/v1/redoc/"])
def test_pages_of_others_may_run_what_they_bring(client, path):
    policy = client.get(path)["Content-Security-Policy"]

    assert "script-src 'self' 'unsafe-inline' 'unsafe-eval'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", ["/", "/cart/", "/account/sign-in/"])
def test_the_storefront_runs_its_own_files_alone(client, path):
    policy = client.get(path)["Content-Security-Policy"]

    assert "script-src 'self';" in f"{policy};"
    assert "unsafe" not in policy
