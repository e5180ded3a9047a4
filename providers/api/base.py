"""What the interfaces of this and the upper rooms share; it stands in ``accounts.api.base``."""

from accounts.api.base import ActorView, Handler, Moment, problem_of
from accounts.api.once import KEY

__all__ = ["KEY", "ActorView", "Handler", "Moment", "problem_of"]
