"""Backtest: how well the rules work, tried on the archive itself.

Belongs here: replaying history edition by edition, altering copies of editions by known faults, and saying which of
them the rules caught. Everything runs on a scratch database in memory, with the project's own compiled models and its
own expectations. Does not belong here: any rule or threshold, and anything a daily run needs.
"""

# what `chiso backtest` does when not told otherwise, and what the page in the repository shows
INJECTIONS = 5_200
SEED = 20260101


class BacktestFailed(RuntimeError):
    """The backtest cannot be done, or would mean nothing; the message says why."""
