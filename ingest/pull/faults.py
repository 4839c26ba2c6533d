"""The two ways in which a pull fails."""


class PullFault(Exception):
    """What could not be pulled; the message names the address and what to do."""


class NetworkFault(PullFault):
    """Not now: the network, or a publisher that is busy. The same request may be made again later.

    `retry_after` is the wait in seconds that the publisher asked for, if it did.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PullRefused(PullFault):
    """Not like this: asking again brings the same, a person must change something."""


class NotThere(PullRefused):
    """The publisher has nothing at this address, or no link to it: an edition may not be out yet."""
