"""What a render process may cost: memory for good, and time for each picture.

A decoder is native code that a hostile file may send into a loop or past its memory, where no Python exception and no
timer of Python's reaches. The kernel ends such a process; the worker starts another one, and `attempts` counts.
"""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager

_bounded = False


def bound_render_process(*, memory_bytes: int) -> None:
    """Limit this process for good; called once where a render process starts.

    Parameters
    ----------
    memory_bytes
        Of data, mapped files and code not counted. What asks for more gets a MemoryError, or ends.
    """
    global _bounded
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    # The default is to end the process at once, also in the middle of a decoder.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _bounded = True


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """End a render process that does not leave the block in time; elsewhere nothing is limited."""
    if not _bounded:
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
