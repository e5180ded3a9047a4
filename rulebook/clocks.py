"""The clocks of the rulebook in one name: verbs of `domain`, and what pages say of them."""

from rulebook.display import (
    Pill,
    ReminderMoment,
    days_left,
    pill,
    reminder_moments,
    working_days_left,
)
from rulebook.domain.clocks import (
    ClockRunning,
    Handler,
    handlers_kept,
    on_clock_moved,
    pause,
    register,
    resume,
    running,
    start,
    stop,
)
from rulebook.domain.sweeping import Move, Recomputed, Swept, moves, recompute, sweep

__all__ = [
    "ClockRunning",
    "Handler",
    "Move",
    "Pill",
    "Recomputed",
    "ReminderMoment",
    "Swept",
    "days_left",
    "handlers_kept",
    "moves",
    "on_clock_moved",
    "pause",
    "pill",
    "recompute",
    "register",
    "reminder_moments",
    "resume",
    "running",
    "start",
    "stop",
    "sweep",
    "working_days_left",
]
