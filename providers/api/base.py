"""What the interfaces of this and the upper rooms share; it stands in ``accounts.api.base``."""

from accounts.api.base import KEY, ActorView, Handler, Moment, key_of, problem_of

__all__ = ["KEY", "ActorView", "Handler", "Moment", "key_of", "problem_of"]
