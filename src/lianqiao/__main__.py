import sys

from lianqiao.site.cli import main

sys.exit(main())
