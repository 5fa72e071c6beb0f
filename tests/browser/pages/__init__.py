"""The screens as people use them: what can be done on a page, and where to look for what it shows."""

from tests.browser.pages.case_log import CaseLog
from tests.browser.pages.desk import Desk
from tests.browser.pages.guide import Guide
from tests.browser.pages.shop import Shop
from tests.browser.pages.sign_in import sign_in
from tests.browser.pages.studio import Studio
from tests.browser.pages.widget import Widget

__all__ = ["CaseLog", "Desk", "Guide", "Shop", "Studio", "Widget", "sign_in"]
