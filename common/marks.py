"""Marks on views, which the tests of the house's rules read."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from asgiref.sync import iscoroutinefunction

View = TypeVar("View", bound=Callable[..., Any])


def with_marks(view: View, **marks: str) -> View:
    """Return a view that does the same and carries the marks; the view itself may be used elsewhere without them."""

    @wraps(view)
    def sync_view(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    @wraps(view)
    async def async_view(*args: Any, **kwargs: Any) -> Any:
        return await view(*args, **kwargs)

    wrapper: Any = async_view if iscoroutinefunction(view) else sync_view
    for name, mark in marks.items():
        setattr(wrapper, name, mark)
    result: View = wrapper
    return result
