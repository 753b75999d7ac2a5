"""The settings under which the nodes of stories are made: forty-six passwords cost ten seconds otherwise. How a password was hashed
stands with it, so the node that runs, under the settings of every node, takes it as it is."""

from django.contrib.auth.hashers import Argon2PasswordHasher

from lianqiao.site.settings import *  # noqa: F403


class Cheap(Argon2PasswordHasher):
    time_cost = 1
    memory_cost = 8
    parallelism = 1


PASSWORD_HASHERS = ["tests.stories.cheap.Cheap"]
