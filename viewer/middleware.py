"""The short way to a tile, for a session that was admitted to its study a moment ago.

A warm tile costs less to answer than to authenticate. Here its address is looked up among the remembered admissions
before sessions, users and permissions are loaded. What it answers is made by the same function as the view's answer;
everything else, every refusal above all, is left to the view.
"""

import re

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from accounts.access import rights_stamp
from common.middleware import TwoWayMiddleware
from viewer.admissions import admissions
from viewer.views.tiles import tile_answer

# The address of a tile as urls.py has it, which a test holds against this.
TILE = re.compile(r"/viewer/tiles/([0-9.]{1,64})/([0-9]{1,9})/([0-9]{1,9})/([0-9]{1,9})/([0-9]{1,9})\.png")


class AdmittedTilesMiddleware(TwoWayMiddleware):
    """Answer tiles of admitted sessions. Comes after what adds headers to every answer and before cookies count."""

    def in_thread(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a tile the short way, or have it answered."""
        return self._admitted(request) or self.answer(request)

    async def in_loop(self, request: HttpRequest) -> HttpResponseBase:
        """Have it answered: no tile comes by the event loop."""
        return await self.aanswer(request)

    def _admitted(self, request: HttpRequest) -> HttpResponseBase | None:
        asked = TILE.fullmatch(request.path_info) if request.method == "GET" else None
        session_key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        # A request with a token has the identity of the token, whatever cookies it carries.
        if asked is None or session_key is None or "HTTP_AUTHORIZATION" in request.META:
            return None
        stamp = rights_stamp()
        if stamp is None:
            return None
        # Read before session and user are: an admission that the view gives holds under this stamp only.
        request.rights_stamp = stamp  # type: ignore[attr-defined]
        sop_instance_uid, *place = asked.groups()
        instance = admissions.find(session_key, sop_instance_uid, stamp=stamp)
        frame_number, level, column, row = map(int, place)
        if instance is None or not 1 <= frame_number <= instance.number_of_frames:
            return None
        response = tile_answer(
            request,
            instance,
            sop_instance_uid=sop_instance_uid,
            frame_number=frame_number,
            level=level,
            column=column,
            row=row,
        )
        patch_vary_headers(response, ("Cookie",))
        return response
