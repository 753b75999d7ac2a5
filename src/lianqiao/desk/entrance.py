"""Who may come to the desk, as the other pages of officers have it too."""

from lianqiao.signin.officers import View, at_the_desk

__all__ = ["View", "at_the_desk"]
