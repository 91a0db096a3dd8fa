"""The catalogue: both languages say the same things, with the same parts, and every key is used."""

import re
import string
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_core._pydantic_core import list_all_errors

import surtax
from surtax.economy.closure import CLOSURES
from surtax.economy.horizon import HORIZONS
from surtax.errors import DataError, UnknownNameError
from surtax.ledger import Ledger
from surtax.ledger.schedule import schedule
from surtax.places import places
from surtax.response.recycle import SHARING
from surtax.trade.trackers import terms, trackers
from surtax.words import LANGUAGES, catalogue, pieces, prose, shapes, spoken
from surtax.words.grammar import FORMS, forms, listed, named
from surtax.world import elasticities
from surtax.world.load import available, describe
from web import tongue

ROOM = Path(surtax.__file__).parent
SENTENCES = sorted((ROOM / "words/prose/fr").glob("*.yaml"))
FILES = sorted(p.name for p in (ROOM / "words/en").glob("*.yaml"))
EN, FR = (catalogue(language) for language in LANGUAGES)


def own(language: str, file: str) -> dict[str, Any]:
    found = yaml.safe_load((ROOM / "words" / language / file).read_text("utf-8"))
    return dict(found)


def parts(text: object) -> set[str]:
    """The names to fill in, without their forms."""
    found = string.Formatter().parse(str(text))
    return {name.partition(".")[0] for _, name, _, _ in found if name}


@pytest.mark.parametrize("file", FILES)
def test_both_languages_have_the_same_keys_and_parts(file: str) -> None:
    english, french = own("en", file), own("fr", file)
    over = re.compile(r"(place|region)\..*\.(bare|of|in|from|into)")  # a rule's exception
    assert {k for k in english if not over.fullmatch(k)} == {
        k for k in french if not over.fullmatch(k)
    }
    for key, text in english.items():
        assert parts(text) == parts(french.get(key, text)), key
        assert str(text).strip() or key in ("the", "number.space"), key


def test_every_key_of_the_brief_is_used_and_every_key_used_exists() -> None:
    rooms = [*(ROOM / "brief").rglob("*.py"), *(ROOM / "brief").rglob("*.html")]
    source = "\n".join(p.read_text("utf-8") for p in rooms)
    source += "\n".join(p.read_text("utf-8") for p in (ROOM / "words").glob("*.py"))
    keys = set(own("en", "brief.yaml"))
    # keys made of parts: w['h.' ~ part], f"f.etr.{state}" and the like
    stems = {
        *re.findall(r"""["']([a-z_]+(?:\.[a-z_]+)*\.)["'] ~""", source),
        *re.findall(r"""f["']([a-z_]+(?:\.[a-z_]+)*\.)\{""", source),
    }
    unused = {
        k for k in keys
        if f'"{k}"' not in source and f"'{k}'" not in source and f"w.{k} " not in source
        and not any(k.startswith(s) for s in stems)
    }  # fmt: skip
    made = re.compile(r".*\.one|(?:money|billions)\.other")
    assert {k for k in unused if not made.fullmatch(k)} == set()
    for key in re.findall(r"""\bw\['([^']+)'\](?! ~)""", source):
        assert key in EN, key
    for key in re.findall(r"""say\((?:words, )?["']([a-z_.]+)["'](?! ~)""", source):
        assert key in EN, key


def test_names_are_those_of_the_data() -> None:
    """What the data call a thing in English, the catalogue calls it too."""
    for one in places():
        said = EN[f"place.{one.code}.bare"]
        assert said.casefold() == one.name.casefold(), one.code
    for name in available():
        for region in describe(name).regions:
            title = region.title.removesuffix(" of 27").replace("Korea, Republic of", "South Korea")
            assert EN[f"region.{region.name}.bare"] == title
        for sector in describe(name).sectors:
            key = f"sector.{name}.{sector.name}"
            assert EN.get(key, EN[f"sector.{sector.name}"]) == sector.title
    for name, title in Ledger.load().manifest.authorities.items():
        assert EN[f"authority.{name}"] == title
    for words in (EN, FR):
        assert {f"closure.{c}" for c in CLOSURES} <= set(words)
        assert {f"horizon.{h}" for h in HORIZONS} <= set(words)
        assert {f"sharing.{s}" for s in SHARING} <= set(words)
        assert {f"elasticities.{s}" for s in elasticities.available()} <= set(words)


def test_places_have_their_articles_and_prepositions() -> None:
    """Official French usage: Termium, “noms de lieux”; Canada.ca, names of provinces."""
    wanted = {
        "CA-ON": ("Ontario", "de l’Ontario", "en Ontario"),
        "CA-QC": ("Québec", "du Québec", "au Québec"),
        "CA-MB": ("Manitoba", "du Manitoba", "au Manitoba"),
        "CA-SK": ("Saskatchewan", "de la Saskatchewan", "en Saskatchewan"),
        "CA-AB": ("Alberta", "de l’Alberta", "en Alberta"),
        "CA-BC": ("Colombie-Britannique", "de la Colombie-Britannique", "en Colombie-Britannique"),
        "CA-NL": (
            "Terre-Neuve-et-Labrador", "de Terre-Neuve-et-Labrador", "à Terre-Neuve-et-Labrador"
        ),
        "CA-PE": (
            "Île-du-Prince-Édouard", "de l’Île-du-Prince-Édouard", "à l’Île-du-Prince-Édouard"
        ),
        "CA-NT": (
            "Territoires du Nord-Ouest", "des Territoires du Nord-Ouest",
            "aux Territoires du Nord-Ouest",
        ),
        "US": ("États-Unis", "des États-Unis", "aux États-Unis"),
        "EU27": ("Union européenne", "de l’Union européenne", "dans l’Union européenne"),
        "IL": ("Israël", "d’Israël", "en Israël"),
        "CU": ("Cuba", "de Cuba", "à Cuba"),
    }  # fmt: skip
    for code, (bare, of, within) in wanted.items():
        name = named(FR, "place", code)
        assert (name.bare, name.of, getattr(name, "in")) == (bare, of, within)
    assert named(EN, "place", "US") == "the United States"
    assert named(EN, "region", "X9", "United Arab Republic").of == "of the United Arab Republic"
    both = listed(FR, [named(FR, "place", "CA-ON"), named(FR, "place", "CA-QC")])
    assert both.of == "de l’Ontario et du Québec"
    assert both == "l’Ontario et le Québec"
    assert listed(EN, ["a", "b", "c"]) == "a, b and c"
    for language in LANGUAGES:
        assert set(forms(language, "Atlantis")) == set(FORMS)


def typography(text: str) -> list[str]:
    """Where a French text lacks a space that does not break, or has a straight apostrophe."""
    wrong = [
        r"[^\u00a0\u202f]»|«[^\u00a0\u202f]",
        r"\w'\w",
        r"(?<![\d\u00a0]):(?=\s|$)",  # a colon within a word is a command's, such as harm:USA
    ]
    return [w for w in wrong if re.search(w, text)]


def test_french_typography() -> None:
    for file in FILES:
        for key, text in own("fr", file).items():
            assert typography(str(text)) == [], key


def test_languages_that_are_spoken() -> None:
    assert spoken("both") == ("en", "fr")
    assert spoken("fr") == ("fr",)
    with pytest.raises(UnknownNameError, match="no language"):
        spoken("de")
    assert prose("fr", "nobody translated this") == ("nobody translated this", "en")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Fentanyl duties on Mexico, general: paused for a month",
         [("Droits fentanyl sur le Mexique", "fr"), ("général", "fr"),
          ("suspendu pour un mois", "fr")]),
        ("Fentanyl duties on Mexico, b: relief, x y; from 2024-10-22 on, reaching back",
         [("Droits fentanyl sur le Mexique", "fr"), ("b", "en"), ("exonération, ", "fr"),
          ("x y", "en"), ("2024-10-22", "fr"), (", rétroactivement", "fr")]),
        ("art. 2.4 and Canada's schedule",
         [("art. ", "fr"), ("2.4", "fr"), (" et liste du Canada", "fr")]),  # no decimal
        ("US content declared as 0.5; attested by: the importer",
         [("contenu américain", "fr"), ("0,5", "fr")]),
        ("nobody: translated this", [("nobody: translated this", "en")]),
        ("Proclamation 10908, cl. 1", [("Proclamation 10908, cl. 1", "en")]),
        ("unknown place “parts”.", [("lieu", "fr"), ("parts", "fr")]),  # as it was written
        ("Nearest: China, Chile.", [("China, Chile", "fr")]),
    ],
)  # fmt: skip
def test_sentences_put_together_are_translated_by_their_shape(
    text: str, said: list[tuple[str, str]]
) -> None:
    found = pieces("fr", text)
    assert [piece for piece in said if piece not in found] == []
    assert pieces("en", text) == ((text, "en"),)
    assert {its for _, its in found} >= {its for _, its in said}


def test_every_shape_keeps_its_parts() -> None:
    for english, french in shapes("fr").items():
        assert parts(french) <= parts(english), english
        assert {p for p in parts(english) if p.startswith(("said", "n", "day"))} <= parts(french)
        assert typography(french) == [], french


def test_a_key_in_two_files_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import surtax.words as room

    (tmp_path / "en").mkdir()
    for name in "ab":
        (tmp_path / "en" / f"{name}.yaml").write_text('k: "x"\n', "utf-8")
    monkeypatch.setattr(room, "FOLDER", tmp_path)
    with pytest.raises(DataError, match="two files"):
        catalogue.__wrapped__("en")


def test_every_sentence_of_the_law_has_its_french() -> None:
    """Measures, provisions, notes, threats, events, facts, claims and what the record lacks."""
    found = tongue.of_the_law(Ledger.load())
    assert min(len(texts) for texts in found.values()) > 0
    missing = {k: [t for t in texts if prose("fr", t)[1] != "fr"] for k, texts in found.items()}
    assert {k: texts for k, texts in missing.items() if texts} == {}


def test_prose_of_scenarios_and_worlds_has_its_french() -> None:
    from surtax.scenario import platforms, spec

    ledger = Ledger.load()
    texts: list[str] = []
    for name in spec.available():
        scenario = spec.load(name, ledger)
        texts += [scenario.title, scenario.question, *(d.title for d in scenario.duties)]
        texts += [r.title for r in scenario.responses]
        for sentences in (s for r in scenario.responses for s in (r.text, r.legality)):
            texts += [sentences] if isinstance(sentences, str) else [one.says for one in sentences]
        texts += [describe(scenario.world).title]
    texts += [platforms.load(n, ledger)[0].title for n in platforms.available()]
    assert [t for t in texts if prose("fr", t)[1] != "fr"] == []
    for closure in CLOSURES.values():
        assert {its for _, its in pieces("fr", closure.text)} == {"fr"}, closure.text


def test_what_trackers_assume_has_its_french() -> None:
    names = {term.name for tracker in trackers() for term in terms(tracker)}
    assert [name for name in sorted(names) if prose("fr", name)[1] != "fr"] == []


def test_no_translation_outlives_its_english() -> None:
    """Each sentence, and the words between the parts of each shape, stand in the product."""
    source = "\n".join(
        p.read_text("utf-8") for p in ROOM.rglob("*") if p.suffix in {".py", ".yaml", ".csv"}
        and "words" not in p.parts
    )  # fmt: skip
    source += "\n".join(c.text for c in CLOSURES.values())
    source += "\n".join(t for texts in tongue.of_the_law(Ledger.load()).values() for t in texts)
    source += "\n".join(sorted(set(schedule().general.unit.tolist())))
    source += "\n".join(
        text[:1].lower() + text[1:].replace("{expected_plural}", plural) + "."
        for text in (one["message_template_python"] for one in list_all_errors())
        for text in (text.replace("{field_type}", kind) for kind in ("List", "Dictionary", "Set"))
        for plural in ("", "s")
    )
    flat = re.sub(r'"\s*\n?\s*f?"|\s+|\\', " ", source).replace("''", "'")
    told = " ".join(flat.split())
    for file in SENTENCES:
        for english in yaml.safe_load(file.read_text("utf-8")):
            wanted = " ".join(english.split())
            assert wanted in told or wanted.replace(" ", "_") in told, (file.name, english)
    for english in shapes("fr"):
        literals = [literal for literal, _, _, _ in string.Formatter().parse(english)]
        words = [one.strip(" .;:,()“”%") for one in sorted(literals, key=len)[-3:]]
        assert any(one in told for one in words), english


def test_french_of_sentences_is_written_as_french() -> None:
    for file in SENTENCES:
        keys = [k for k in file.read_text("utf-8").splitlines() if k.startswith('"')]
        assert len(keys) == len(set(keys)), file.name  # YAML keeps the last of two in silence
        for english, french in yaml.safe_load(file.read_text("utf-8")).items():
            assert typography(french) == [], english
