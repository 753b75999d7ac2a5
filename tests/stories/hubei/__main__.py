"""As `seeding enter` sets up a node of the demonstration."""

from __future__ import annotations

import json
import os
from pathlib import Path


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianqiao.site.settings")
    django.setup()
    from lianqiao.site.demo import seeding

    seeding.NAMES["42"] = ("湖北节点", "Node Hubei", "湖北省", "Hubei Province")
    seeding.HERE = Path(__file__).parent
    print(json.dumps(seeding.enter(), ensure_ascii=False))


if __name__ == "__main__":
    main()
