"""
Ask a web process how it is, for the health checks of containers.

    python -m emshop.probe http://127.0.0.1:8000/readyz [KEY]

Exit code 0 if it answers 200 (and the answer's KEY is true).
"""

import json
import sys
import urllib.request

from emshop import env

PATIENCE_SECONDS = 5
OK = 200


def main(url: str, key: str = "") -> int:
    """Ask once."""
    host = env.text("EMSHOP_SITE_URL", "http://localhost").split("://")[-1].split("/")[0]
    request = urllib.request.Request(url, headers={"Host": host})  # noqa: S310  # the caller's own
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            words = json.load(answer)
            is_well = answer.status == OK and (not key or words.get(key) is True)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{url}: {error}\n")
        return 1
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
