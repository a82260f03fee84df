"""Names the user of each request as the actor of what is recorded meanwhile."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from audit.context import acting_for
from common.middleware import TwoWayMiddleware


class ActorMiddleware(TwoWayMiddleware):
    """Set the current actor for the time of the request, in threads and in coroutines alike."""

    def in_thread(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the actor named."""
        with acting_for(request):
            return self.answer(request)

    async def in_loop(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the actor named."""
        with acting_for(request):
            return await self.aanswer(request)
