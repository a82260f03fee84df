"""How each viewer is asked for the same things."""

from typing import Protocol

from playwright.sync_api import BrowserContext, Locator, Page, Route

from benchmarks.peers.studies import SLICES, PeerStudy
from tests.running_system import RunningSystem


class Viewer(Protocol):
    """A viewer as its reader sees it."""

    name: str
    address: str
    has_planes: bool

    def prepare(self, context: BrowserContext) -> None:
        """Settle what no reader waits for, such as a tour of the buttons."""

    def show_list(self, page: Page, study: PeerStudy) -> None:
        """Show the list with the study in it, ready for a click."""

    def open(self, page: Page, study: PeerStudy) -> None:
        """Click on the study."""

    def ask_for_planes(self, page: Page) -> None:
        """Ask for three planes of the CT on the screen."""

    def jump(self, page: Page, image_number: int) -> None:
        """Go to an image of the stack by the slider at its side."""

    def image_number(self, page: Page) -> int:
        """Return which image of the stack its slider says, counted from one."""

    def wait_for_planes(self, page: Page) -> None:
        """Wait until the viewer has no better picture of its planes to come."""

    def wait_for_stack(self, page: Page, images: int = SLICES) -> None:
        """Wait until the viewer holds every image of the stack."""


class ReadingRoom:
    """This project's viewer."""

    name = "Reading Room"
    has_planes = True

    def __init__(self, system: RunningSystem, username: str) -> None:
        self.address = system.url
        self._username, self._password = username, system.passwords[username]

    def prepare(self, context: BrowserContext) -> None:
        """Nothing stands in the way."""

    def show_list(self, page: Page, study: PeerStudy) -> None:
        page.goto(f"/worklist/?q={study.patient_id}&date_preset=all")
        if page.locator("[name=password]").count():
            page.fill("[name=username]", self._username)
            page.fill("[name=password]", self._password)
            page.click("main button[type=submit]")
            page.goto(f"/worklist/?q={study.patient_id}&date_preset=all")
        page.locator("tr.study").first.wait_for()

    def open(self, page: Page, study: PeerStudy) -> None:
        page.locator(f"tr[data-study-instance-uid='{study.study_instance_uid}']").dblclick()
        page.wait_for_url("**/viewer/studies/**", wait_until="commit")

    def ask_for_planes(self, page: Page) -> None:
        page.get_by_role("button", name="Axial, coronal and sagittal planes, and back").click()

    def jump(self, page: Page, image_number: int) -> None:
        box = page.locator(".stack-slider:visible").first.bounding_box()
        assert box is not None
        page.mouse.click(
            box["x"] + box["width"] / 2, box["y"] + box["height"] * (image_number - 0.5) / SLICES
        )

    def image_number(self, page: Page) -> int:
        return int(page.locator(".stack-slider:visible").first.get_attribute("aria-valuenow") or 0)

    def wait_for_planes(self, page: Page) -> None:
        page.wait_for_function(
            """() => [...document.querySelectorAll("[data-viewport]")]
                .filter((viewport) => !viewport.hidden && viewport.dataset.quality === "full").length >= 3""",
            timeout=120_000,
        )

    def wait_for_stack(self, page: Page, images: int = SLICES) -> None:
        page.wait_for_function(
            f"() => Number(document.documentElement.dataset.stackLoaded) === {images}",
            timeout=240_000,
            polling=50,
        )


class OHIF:
    """OHIF's viewer on Orthanc, which opens a study in its basic mode by a double click."""

    name = "OHIF"
    has_planes = True

    def __init__(self, address: str) -> None:
        self.address = address

    def prepare(self, context: BrowserContext) -> None:
        context.add_init_script("localStorage.setItem('shownTours', JSON.stringify(['basicViewerTour']))")

    def show_list(self, page: Page, study: PeerStudy) -> None:
        # Its list passes this on to the viewer: pictures of a mammogram side by side, two rows of two.
        protocol = "&hangingProtocolId=@ohif/mnGrid" if study.is_mammogram else ""
        page.goto(f"/?mrn={study.patient_id}{protocol}")
        self._row(page, study).wait_for()

    def open(self, page: Page, study: PeerStudy) -> None:
        self._row(page, study).dblclick()
        page.wait_for_url("**/viewer?**", wait_until="commit")

    def ask_for_planes(self, page: Page) -> None:
        page.locator("[data-cy=Layout]").click()
        page.get_by_text("MPR", exact=True).click()

    def jump(self, page: Page, image_number: int) -> None:
        box = page.get_by_label("Image navigation scrollbar").first.bounding_box()
        assert box is not None
        page.mouse.click(
            box["x"] + box["width"] / 2, box["y"] + box["height"] * (image_number - 0.5) / SLICES
        )

    def image_number(self, page: Page) -> int:
        slider = page.get_by_label("Image navigation scrollbar").first
        return int(slider.get_attribute("aria-valuenow") or 0) + 1

    def wait_for_planes(self, page: Page) -> None:
        page.wait_for_function(
            "() => cornerstone.cache.getVolumes().some(({ loadStatus }) => loadStatus?.loaded)",
            timeout=120_000,
        )

    def wait_for_stack(self, page: Page, images: int = SLICES) -> None:
        page.wait_for_function(
            f"() => [...cornerstone.cache._imageCache.values()].filter(({{ image }}) => image).length >= {images}",
            timeout=240_000,
            polling=50,
        )

    @staticmethod
    def _row(page: Page, study: PeerStudy) -> Locator:
        return page.get_by_text(f"Peer, {study.patient_id}").first


class OHIFOnProcessor(OHIF):
    """The same with its drawing by the processor, which is faster where there is no graphics card, and has no planes."""

    name = "OHIF, no WebGL"
    has_planes = False

    def prepare(self, context: BrowserContext) -> None:
        super().prepare(context)
        context.route("**/app-config.js", self._configure)

    @staticmethod
    def _configure(route: Route) -> None:
        answer = route.fetch()
        text = answer.text().replace("showCPUFallbackMessage: true", "showCPUFallbackMessage: false")
        route.fulfill(
            response=answer,
            body=text.replace("window.config = {", "window.config = { useCPURendering: true,"),
        )
