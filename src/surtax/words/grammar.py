"""Places inside sentences: articles and prepositions, by language.

A catalogue gives a place with its article (“the United States”, “les États-Unis”); the forms with
a preposition follow from it by rule, and a key of its own (``place.CA-PE.in``) overrides a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

FORMS = ("bare", "of", "in", "from", "into")
"""“Canada”, “of Canada”, “in Canada”, “from Canada”, “into Canada”."""

VOWELS = "aeiouyàâäéèêëîïôöùûüæœ"
ARTICLES = {"en": ("the ",), "fr": ("le ", "la ", "les ", "l’")}


class Name(str):
    """A name inside a sentence with its forms: ``{place}``, ``{place.of}`` and so on."""

    bare: str
    of: str
    into: str

    def __new__(cls, text: str, forms: Mapping[str, str]) -> Name:
        """The name as it stands alone, and its forms."""
        made = super().__new__(cls, text)
        made.__dict__.update({form: forms.get(form, text) for form in FORMS})
        return made


def _bare(language: str, text: str) -> str:
    for article in ARTICLES[language]:
        if text.startswith(article):
            text = text.removeprefix(article)
            break
    return text[:1].upper() + text[1:]


def _english(text: str) -> dict[str, str]:
    return {
        "bare": _bare("en", text),
        **{form: f"{form} {text}" for form in ("of", "in", "from", "into")},
    }


def _french(text: str) -> dict[str, str]:
    if text.startswith("le "):
        of, within = f"du {text[3:]}", f"au {text[3:]}"
    elif text.startswith("les "):
        of, within = f"des {text[4:]}", f"aux {text[4:]}"
    elif text.startswith("la "):
        of, within = f"de {text}", f"en {text[3:]}"
    elif text.startswith("l’"):
        of, within = f"de {text}", f"en {text[2:]}"
    else:
        elided = text[:1].lower() in VOWELS
        of, within = (f"d’{text}" if elided else f"de {text}"), f"à {text}"
    return {"bare": _bare("fr", text), "of": of, "in": within, "from": of, "into": within}


RULES: dict[str, Callable[[str], dict[str, str]]] = {"en": _english, "fr": _french}


def forms(language: str, text: str) -> dict[str, str]:
    """The forms of a place named with its article.

    Args:
        language: en or fr.
        text: “the United States”, “l’Ontario”.
    """
    return RULES[language](text)


def named(words: Mapping[str, str], kind: str, code: str, otherwise: str = "") -> Name:
    """A place by its code.

    Args:
        words: the catalogue.
        kind: ``place`` for codes of the law and of trade, ``region`` for those of worlds.
        code: the code.
        otherwise: the name of a place that the catalogue does not know; its code if empty.
    """
    key = f"{kind}.{code}"
    if key in words:
        return Name(words[key], {form: words[f"{key}.{form}"] for form in FORMS})
    text = otherwise or code
    if text.startswith(tuple(words["the_before"].split("|"))):
        text = f"{words['the']}{text}"
    return Name(text, forms(words["lang"], text))


def listed(words: Mapping[str, str], names: Sequence[str]) -> Name:
    """“A”, “A and B”, “A, B and C”, in every form."""

    def join(parts: Sequence[str]) -> str:
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {words['and']} {parts[-1]}"

    return Name(join(names), {form: join([getattr(n, form, n) for n in names]) for form in FORMS})
