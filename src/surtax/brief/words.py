"""Every fixed string of the page, by language: one catalogue, so that a language is one dict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

EN: dict[str, str] = {
    "lang": "en",
    # the frame
    "site": "surtax",
    "skip": "Skip to the summary",
    "contents": "Contents",
    "brief_of": "Law of {on}, as known on {known}",
    "provisional": "Provisional",
    "no_charts": (
        "This copy has no pictures: the “charts” extra is not installed. "
        "Every table is shown open instead."
    ),
    "data_table": "Data table",
    "download": "CSV",
    "source": "Source",
    "vintage_short": "Vintage: law as known on {known}, data {data}, model {model}.",
    "none": "None.",
    "not_given": "not given",
    "key": "Key",
    "range_note": "Lighter figures are the range over the sets of assumptions.",
    "today_line": "The day of knowledge",
    # sections
    "h.summary": "In short",
    "h.law": "What happened",
    "h.duties": "What a shipment owes",
    "h.rates": "Effective tariff rates",
    "h.costs": "What it costs whom",
    "h.options": "What can be done",
    "h.sure": "How sure we are",
    "h.method": "How it was computed",
    # the three states
    "state.before": "Before",
    "state.in_force": "In force",
    "state.signed": "Signed",
    "state.threatened": "Threatened",
    "state.void": "Void",
    "state.ended": "Ended",
    "state.suspended": "Suspended",
    "state.proposed": "Proposed",
    "state.conditional": "Conditional",
    "states.in_force": "Applies on {on}.",
    "states.signed": "Law, for a later day.",
    "states.threatened": "Announced; no text was signed. In no total unless the text says so.",
    # the law
    "law.lead": (
        "In force is the law of the day. Signed is law for a later day. "
        "Threatened is announced and not signed."
    ),
    "law.since": "since {day}",
    "law.from": "from {day}",
    "law.until": "until {day}",
    "law.unknown_rate": "rate not known",
    "law.relief": "Except",
    "law.basis": "Falls on",
    "law.more": "{n} more",
    "law.no_rate": "change of an exemption",
    "law.t.law": "Every provision, with its source",
    "law.t.timeline": "Day by day",
    "timeline.events": "Events by number",
    "timeline.lane_events": "Events",
    "timeline.alt": (
        "Each measure is a bar from the day it applies: solid in force, hatched signed, "
        "outlined threatened. Numbered dots are events."
    ),
    "timeline.known": "known on {day}",
    "timeline.signed_dot": "day it became known",
    # duties
    "duty.owes": "Owes",
    "duty.rate": "{rate} of the value",
    "duty.meta": "{goods} from {source} into {into}, value {value}, law of {on}.",
    "duty.layer": "Duty",
    "duty.base": "Base",
    "duty.times": "Rate",
    "duty.amount": "Amount",
    "duty.per_unit": "per unit",
    "duty.total": "Total",
    "duty.range": "{low} to {high}, depending on the facts below",
    "duty.range_open": "{low} or more, since a rate or a quantity is not known",
    "duty.suppressed": "Not owed, and why",
    "duty.unknown": "Not known, in no total",
    "duty.missing": "Facts that would change the answer",
    "duty.until_then": "Until it is given, {text}.",
    "duty.attested": "Attested by {text}.",
    "duty.barred": "These goods may not enter.",
    # rates
    "rates.define": (
        "The effective tariff rate is duties owed as a share of imports. "
        "It is computed here on imports of {year}, {imports}."
    ),
    "rates.partner": "Partner",
    "rates.sector": "Sector",
    "rates.authority": "Authority",
    "rates.duty": "Duty a year",
    "rates.imports": "Imports",
    "rates.day": "Day",
    "rates.state": "State of the law",
    "rates.rate": "Rate",
    "rates.axis": "Effective tariff rate, % of imports",
    "rates.before_tick": "Thin line: {day}",
    "rates.t.states": "Effective tariff rate by state of the law",
    "rates.t.partner": "Effective tariff rate by partner",
    "rates.t.sector": "Effective tariff rate by sector, all partners",
    "rates.t.canada": "Effective tariff rate on goods from Canada, by sector",
    "rates.t.authority": "Effective tariff rate by authority",
    # costs
    "costs.lead": (
        "Real income is what people’s incomes buy. Changes are against the law of {before}, "
        "once prices, trade and spending have adjusted."
    ),
    "costs.axis": "Change of real income, %",
    "costs.t.map": "Change of real income by province",
    "costs.t.regions": "Change of real income and more, by place",
    "costs.map_alt": "A square for each province and territory, shaded by its change.",
    "costs.not_modelled": "not modelled",
    "costs.law": "In force and signed",
    "costs.loss": "loss",
    "costs.gain": "gain",
    "costs.workers": "Workers whose exports are newly charged",
    "costs.workers_axis": "Share of the province’s jobs, %",
    "costs.place": "Place",
    "costs.real_income": "Real income",
    "costs.threatened": "Real income, if threats are carried out",
    "costs.real_wage": "Real wage",
    "costs.prices": "Prices",
    "costs.exports": "Exports",
    "costs.imports": "Imports",
    "costs.revenue": "Duty revenue",
    "costs.workers_hit": "Workers hit",
    "costs.share_of_jobs": "Share of jobs",
    # options
    "options.left_out": "Left out:",
    "options.lead": "The same yardstick for each: the change of real income against {before}.",
    "options.canada": "Canada",
    "options.usa": "United States",
    "options.covered": "Covers",
    "options.new_covered": "Newly covers",
    "options.ratio": "Loss the answer adds in Canada per unit it adds in the United States",
    "options.no_ratio": "not defined",
    "options.below_zero": "below zero: one side gains from the answer",
    "options.revenue": "Duty raised",
    "options.legality": "Legality",
    "options.t.responses": "Responses side by side",
    "options.t.provinces": "Change of real income by province and response",
    "options.t.revenue": "Duty raised, and what it is per worker hit",
    "options.per_worker_unit": "C$ a year for each worker hit",
    "options.response": "Response",
    "options.row": "{response}: {place}",
    # how sure
    "sure.estimated": "What is estimated",
    "sure.faults": "Known faults",
    "sure.faults_lead": "The world is an estimate. Each of these moves results:",
    "sure.coverage": "Law that is not in the ledger",
    "sure.sets": "Sets of elasticities",
    "sure.comparison": "Beside other published estimates",
    # method
    "method.assumptions": "Assumptions",
    "method.sources": "Sources",
    "method.vintage": "Vintage",
    "method.repeat": "The same figures again",
    "method.repeat_lead": "This command, with the same ledger and data, writes this page again:",
    "method.python": "In Python:",
    "method.json": "All figures are in {json}; each table is in {tables}.",
    "assumption.name": "Assumption",
    "assumption.text": "What it means",
    "assumption.value": "Value",
    "assumption.unit": "Unit",
    "assumption.source": "Source",
    # columns
    "col.id": "Provision",
    "col.title": "Measure",
    "col.imposer": "Imposer",
    "col.instrument": "Instrument",
    "col.authority": "Authority",
    "col.kind": "Kind",
    "col.status": "State",
    "col.rate": "Rate",
    "col.from": "From",
    "col.to": "To",
    "col.known_from": "Known from",
    "col.citation": "Citation",
    "col.says": "Who says so",
    "col.note": "Note",
    "col.date": "Day",
    "col.event": "Event",
    "col.shipment": "Shipment",
    "col.outcome": "Outcome",
    "col.reason": "Reason",
    "col.legality": "Legality",
    "outcome.owed": "owed",
    "outcome.suppressed": "not owed",
    "outcome.unknown": "not known",
    "outcome.missing": "fact missing",
    "kind.effective": "takes effect",
    "kind.signed": "signed",
    "kind.threatened": "threatened",
    "kind.statement": "statement",
    "kind.talks": "talks",
    "kind.measure": "measure",
    "kind.election": "election",
    "kind.support": "support",
    "kind.investigation": "investigation",
    "kind.announcement": "announcement",
    "kind.ruling": "ruling",
    "kind.resolved": "settled",
    "kind.duty": "duty",
    "kind.relief": "relief",
    "kind.basis": "basis",
    "kind.precedence": "precedence",
    # vintage
    "v.ledger": "Ledger",
    "v.data": "Data",
    "v.model": "Model",
    "v.seed": "Seed",
    "v.closure": "Closure",
    "v.verified_to": "Law checked up to",
    "v.known": "Known on",
    "v.on": "Law of",
    "v.before": "Compared with",
    "v.world": "World",
    # names
    "place.US": "the United States",
    "place.USA": "the United States",
    "place.CA": "Canada",
    "place.CAN": "Canada",
    "place.MX": "Mexico",
    "place.CN": "China",
    "place.EU27": "the European Union",
    "currency.USD": "US$",
    "currency.CAD": "C$",
    "authority.ieepa": "International Emergency Economic Powers Act",
    "authority.s232": "Section 232, national security",
    "authority.s301": "Section 301, unfair practices",
    "authority.surtax": "Customs Tariff, surtax orders",
    "authority.schedule": "General rates of the schedule",
    "authority.customs-tariff": "Customs Tariff, general rates",
    "months": (
        "January February March April May June July August September October November December"
    ),
    "and": "and",
    "to": "to",
    "the_before": "United |European Union|Rest of |Netherlands|Philippines|Bahamas",
    # findings
    "f.law": "On {on}, {counts}",
    "f.law.us.one": "{place} applies {n} tariff measure",
    "f.law.us": "{place} applies {n} tariff measures",
    "f.law.none": "no tariff measure is in force",
    "f.law.later.signed.one": "{n} more measure is signed for later",
    "f.law.later.signed": "{n} more measures are signed for later",
    "f.law.later.threatened.one": "{n} is threatened",
    "f.law.later.threatened": "{n} are threatened",
    "f.law.title": "{head}; {tail}",
    "f.law.unknown": ", {n} of them at a rate that nobody has published",
    "f.law.nothing_later": "nothing is signed or threatened for later",
    "f.next": "Next: {days}",
    "f.next.day": "{measures} on {day}",
    "f.next.signed.one": "{n} signed measure takes effect",
    "f.next.signed": "{n} signed measures take effect",
    "f.next.threatened.one": "{n} threatened measure would take effect",
    "f.next.threatened": "{n} threatened measures would take effect",
    "f.etr": (
        "Duties owed as a share of imports (the effective tariff rate) into {into} are "
        "{rate}, {change} {before}"
    ),
    "f.etr.up": "{pp} above {before}",
    "f.etr.down": "{pp} below {before}",
    "f.etr.same": "as on {before}",
    "f.etr.signed": "{rate} with what is signed",
    "f.etr.threatened": "{rate} if what is threatened is carried out, at assumed rates where "
    "none was published",
    "f.etr.from": "Goods from {place} owe {rate}.",
    "f.partner": "Rates rise most on goods from {names}, by {change} to {rate}",
    "f.partner.tie": "Rates rise most on goods from {names}, by {change} each",
    "f.partner.own": "goods from {place} owe {rate}",
    "f.partner.none": "No partner’s rate is above that of {before}",
    "f.sector": "Among goods from {place}, {names} owe most: {rate}",
    "f.sector.tie": "Among goods from {place}, {names} owe most: {rate} each",
    "f.sector.none": "No goods from {place} owe duty",
    "f.sector.ahead": "with what is signed and threatened, {names} would: {rate}",
    "f.lose.most": "{names} loses most, {value}",
    "f.lose.most.tie": "{names} lose most, {value} each",
    "f.lose.two": "{first} ({v1}) and {second} ({v2}) lose most",
    "f.gain.least": "no province loses; {names} gains most, {value}",
    "f.gain.least.tie": "no province loses; {names} gain most, {value} each",
    "f.gainers.one": "{names} gains",
    "f.gainers": "{names} gain",
    "f.gainers.many": "{n} provinces gain",
    "f.no_change": "Real income does not change in any province",
    "f.pair.ratio": "{a} loses {va} of its real income, {ratio} times the loss of {b} ({vb})",
    "f.pair.equal": "{a} and {b} each lose {va} of their real income",
    "f.pair.smaller": "{a} loses {va} of its real income, less than {b} ({vb})",
    "f.pair.flip": "{a} loses {va} of its real income and {b} gains {vb}",
    "f.pair.gain": "{a} gains {va} of its real income and {b} loses {vb}",
    "f.pair.both_gain": "{a} gains {va} of its real income and {b} gains {vb}",
    "f.pair.a_zero": "Real income in {a} does not change; in {b} it changes by {vb}",
    "f.pair.b_zero": "Real income in {a} changes by {va}; in {b} it does not change",
    "f.pair.both_zero": "Real income changes neither in {a} nor in {b}",
    "f.cost": "Real income in {place} changes by {value} ({range})",
    "f.cost.most": "most in {names} ({value})",
    "f.cost.us": "in {place} by {value} ({range})",
    "f.workers": "{name} has the most workers whose exports are newly charged, {n}",
    "f.workers.tie": "{name} have the most workers whose exports are newly charged, {n} each",
    "f.workers.share": "{name} has the largest share of jobs in them, {share}",
    "f.workers.share_same": "and the largest share of its jobs, {share}",
    "f.workers.none": "No workers’ exports are newly charged",
    "f.best.least_loss": "“{name}” costs Canada least, {value}",
    "f.best.gain": "“{name}” leaves Canada best off, {value}",
    "f.best.tie": "{names} change Canada’s real income alike, {value}",
    "f.best.overlap": "the ranges overlap, so the order is not certain",
    "f.best.clear": "its range lies clear of the others",
    "f.best.ratio": (
        "“{name}” adds least loss in Canada per unit of loss it adds in the United States, {ratio}"
    ),
    "f.best.one": "“{name}” changes real income in Canada by {value}",
    "f.revenue": "“{name}” raises most duty, {value}",
    "f.revenue.tie": "{names} raise the same duty, {value}",
    "f.revenue.none": "No response raises duty",
    "f.revenue.per_worker": "{value} for each worker hit",
    "f.sure.all": "In all {n} provinces the whole range lies {side} zero",
    "f.sure.some": (
        "In {k} of {n} provinces the range includes zero, so even the sign is not certain"
    ),
    "f.sure.split": (
        "In every one of the {n} provinces the range lies on one side of zero, but not the same one"
    ),
    "f.sure.none": "No province has a range",
    "f.side.below": "below",
    "f.side.above": "above",
    "f.provisional": (
        "The figures rest on a provisional world with {n} known faults, listed below: "
        "read them as orders of magnitude."
    ),
    "f.provisional.one": (
        "The figures rest on a provisional world with one known fault, listed below: "
        "read them as orders of magnitude."
    ),
    "f.provisional.zero": (
        "The figures rest on a provisional world: read them as orders of magnitude."
    ),
}

LANGUAGES: dict[str, dict[str, str]] = {"en": EN}


def say(words: Mapping[str, str], key: str, **parts: object) -> str:
    """The string of that key with its parts filled in."""
    return words[key].format(**parts) if parts else words[key]


def listed(words: Mapping[str, str], names: Sequence[str]) -> str:
    """“A”, “A and B”, “A, B and C”."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {words['and']} {names[-1]}"


def placed(words: Mapping[str, str], name: str) -> str:
    """A place's name inside a sentence, with its article."""
    if name.startswith(tuple(words["the_before"].split("|"))):
        return "the " + (low_first(name) if name.startswith("Rest") else name)
    return name


def low_first(text: str) -> str:
    """The text as it stands inside a sentence: small first letter, acronyms kept."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def sentence(text: str) -> str:
    """The text with a capital and a full stop."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."
