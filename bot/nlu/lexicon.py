"""What is particular to each language, as data: one table per language, the same units for both."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lexicon:
    """`short_forms` are chat spellings and what they stand for; `fold` maps letters people leave out on keyboards.

    `further`: words, folded, with which people begin another topic.
    `own_words`: frequent here and rare in the languages we do not speak; a message with one of them is not foreign.
    `function_words`: frequent here and never met in the other of our languages; together with `own_words`, several of
    them tell which of the two a message is in.
    """

    short_forms: dict[str, str]
    fold: dict[str, str]
    own_words: frozenset[str]
    function_words: frozenset[str]
    further: tuple[str, ...]


SPANISH = Lexicon(
    short_forms={
        "q": "que", "k": "que", "ke": "que", "xq": "porque", "pq": "porque", "porq": "porque", "tmb": "tambien",
        "tb": "tambien", "tbn": "tambien", "xfa": "por favor", "porfa": "por favor", "x": "por", "d": "de",
        "dnd": "donde", "cdo": "cuando", "msj": "mensaje", "ctvs": "centavos", "grax": "gracias", "grs": "gracias",
        "bn": "bien", "toy": "estoy", "pa": "para", "pal": "para el", "hla": "hola", "aki": "aqui", "ay": "hay",
    },
    fold={"á": "a", "é": "e", "í": "i", "ó": "o", "ú": "u", "ñ": "n"},
    own_words=frozenset({
        "el", "los", "las", "del", "al", "una", "unos", "con", "pero", "hay", "mi", "mis", "ha", "muy", "porque", "cuando",
        "donde", "compre", "quiero", "puedo", "podeis", "pueden", "lo", "ni", "se",
    }),
    function_words=frozenset({
        "que", "la", "en", "y", "por", "para", "como", "ya", "esta", "está", "este", "he", "tengo", "si", "sí", "su",
        "más", "mas", "todo", "nada", "hola", "gracias", "buenas", "buenos", "días", "dias", "cómo", "qué", "cuándo",
        "dónde", "te", "les", "eso", "sobre", "sin", "hasta", "desde", "pues", "pido", "pedido", "llegado", "envío",
        "envio", "tiene", "son", "fue",
    }),
    further=(
        "ademas", "tambien", "aparte", "otra cosa", "de paso", "por cierto", "otro lado", "ya que", "y otra", "por otra",
        "otra duda", "otra pregunta", "al mismo tiempo", "asimismo", "igualmente", "luego",
    ),
)  # fmt: skip

GERMAN = Lexicon(
    short_forms={
        "nich": "nicht", "nd": "nicht", "ned": "nicht", "ist's": "ist es", "hab": "habe", "mfg": "mit freundlichen gruessen",
        "lg": "liebe gruesse", "vg": "viele gruesse", "bzgl": "bezueglich", "evtl": "eventuell", "ca": "circa",
        "bestellnr": "bestellnummer", "nr": "nummer", "tel": "telefon", "wg": "wegen", "mal": "mal", "iwie": "irgendwie",
        "kp": "keine ahnung", "bidde": "bitte", "bitt": "bitte", "thx": "danke", "i": "ich", "is": "ist",
    },
    fold={"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"},
    own_words=frozenset({
        "der", "das", "und", "ist", "ich", "nicht", "mir", "mich", "wer", "ein", "eine", "den", "dem", "wie", "wann", "von",
        "zu", "mit", "fuer", "für",
    }),
    function_words=frozenset({
        "die", "auf", "was", "bei", "noch", "aber", "auch", "wenn", "habe", "hab", "haben", "bitte", "kann", "wird",
        "wurde", "meine", "mein", "meinen", "meiner", "einen", "einem", "einer", "sie", "ihr", "ihre", "ihnen", "hallo",
        "guten", "danke", "hat", "sind", "war", "bin", "nach", "aus", "im", "am", "um", "vom", "zum", "zur", "bis",
        "dass", "oder", "weil", "nur", "jetzt", "schon", "immer", "wieder", "bestellung", "paket", "gestern", "heute",
        "kein", "keine", "über", "würde", "möchte",
    }),
    further=(
        "ausserdem", "auch", "noch", "uebrigens", "nebenbei", "zudem", "ach", "achso", "gleichzeitig", "dann", "ferner",
        "des weiteren", "weiters", "sonst", "zweitens", "andere frage",
    ),
)  # fmt: skip

EMOJI = {"👍": " ok ", "👌": " ok ", "✅": " ok ", "👎": " no ", "🙏": " gracias danke "}
"""Emoji that stand for a word; the others say no more than a mood."""

LEXICONS = {"es": SPANISH, "de": GERMAN}
