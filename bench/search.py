"""What the search of products costs: `python -m bench.search`, 60 products of the demo shop and 20,000 made of them.

The made ones have their model's name changed and their figures multiplied, so that vocabulary and postings grow.
"""

from __future__ import annotations

import random
import re
import resource
import statistics
import time
from dataclasses import replace

from bench.passages import pages
from bot.shop.model import Page
from bot.shop.passages import best_passage
from bot.shop.search import Catalogue

SIZES = (60, 20_000)
SEARCHES = (
    ("es", "¿tenéis lámparas de pie?"),
    ("es", "busco una sartén para inducción"),
    ("es", "auriculares con cancelacion de ruido"),
    ("es", "tumvona plegable"),
    ("de", "Haben Sie Stehlampen?"),
    ("de", "suche einen Eichentisch"),
    ("de", "Kopfhörer mit Geräuschunterdrückung"),
    ("de", "Gartnschere"),
)
QUESTIONS = (
    ("es", "¿Cuánto pesa y qué medidas tiene?"),
    ("de", "Wie lange hält der Akku und wird er wasserdicht?"),
)
ROUNDS = 20


def main() -> None:
    """Print CPU seconds to build, MB more at the peak, CPU milliseconds a search and a question on a page."""
    shop = list(pages().values())
    for size in SIZES:
        many = _grown(shop, size)
        before, start = _megabytes(), time.process_time()
        catalogue = Catalogue(many)
        built = time.process_time() - start
        times = sorted(_ms(lambda c=catalogue, a=asked: c.find(a[1], a[0])) for asked in SEARCHES * ROUNDS)
        print(
            f"{size} products: built in {built:.1f} CPU s, {_megabytes() - before:.0f} MB more at the peak, "
            f"search {statistics.median(times):.1f} ms p50, {times[int(len(times) * 0.95)]:.1f} ms p95"
        )
    for known in (False, True):
        times = sorted(_ms(lambda p=page: best_passage(_question(p), p)) for page in shop)
        print(
            f"question on a page {'read before' if known else 'read first'}: {statistics.median(times):.2f} ms p50"
        )


def _question(page: Page) -> str:
    return dict(QUESTIONS)[page.locale]


def _grown(shop: list[Page], size: int) -> list[Page]:
    chance = random.Random(5)
    made = list(shop)
    names = ["".join(chance.choices("bdfglmnprstv", k=1) + chance.choices("aeiou", k=1)) for _ in range(400)]
    for number in range(len(shop) // 2, size):
        model = "".join(chance.choices(names, k=3)).capitalize()
        factor = chance.randint(2, 40)
        for page in shop[2 * (number % (len(shop) // 2)) :][:2]:
            attributes = tuple(replace(a, value=_multiplied(a.value, factor)) for a in page.attributes)
            title = _multiplied(page.title, factor).replace(",", f" {model},", 1)
            made.append(replace(page, product_id=f"X{number}", title=title, attributes=attributes))
    return made


def _multiplied(text: str, factor: int) -> str:
    return re.sub(r"\b\d{1,4}\b", lambda match: str(int(match.group()) * factor), text)


def _ms(call: object) -> float:
    start = time.process_time()
    call()  # type: ignore[operator]
    return (time.process_time() - start) * 1000


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
