"""Regions and sectors of the Canadian world, and how each source names them."""

from __future__ import annotations

PROVINCES = {
    "NL": "Newfoundland and Labrador",
    "PE": "Prince Edward Island",
    "NS": "Nova Scotia",
    "NB": "New Brunswick",
    "QC": "Quebec",
    "ON": "Ontario",
    "MB": "Manitoba",
    "SK": "Saskatchewan",
    "AB": "Alberta",
    "BC": "British Columbia",
}
PARTNERS = {
    "USA": "United States",
    "MEX": "Mexico",
    "CHN": "China",
    "JPN": "Japan",
    "GBR": "United Kingdom",
    "KOR": "Korea, Republic of",
    "IND": "India",
    "EU27": "European Union of 27",
    "ROW": "Rest of the world with Canada's territories",
}
REGIONS = (*PROVINCES, *PARTNERS)
P = len(PROVINCES)
CANADA = slice(0, P)

EU27 = (
    "AUT", "BEL", "BGR", "HRV", "CYP", "CZE", "DNK", "EST", "FIN", "FRA", "DEU", "GRC", "HUN",
    "IRL", "ITA", "LVA", "LTU", "LUX", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "ESP",
    "SWE",
)  # fmt: skip
SAME = ("USA", "MEX", "CHN", "JPN", "GBR", "KOR", "IND")
"""Partners that are one country in every source."""

# Sector, whether goods, title.
_SECTORS = """
AGR 1 Agriculture, forestry and fishing
OIL 1 Crude oil and natural gas, with services to mining
POT 1 Potash
MIN 1 Ores, coal and other minerals as mined
UTL 1 Electricity, gas and steam supply
WAT 0 Water and waste
CON 0 Construction
FOD 1 Food, beverages and tobacco
TEX 1 Textiles, clothing and leather
LUM 1 Sawn lumber
WOD 1 Panels, joinery and other wood products
PAP 1 Paper and printing
PET 1 Refined petroleum and coke
CHM 1 Chemicals, medicines, plastics and rubber
NMM 1 Non-metallic mineral products
STL 1 Iron and steel
ALU 1 Aluminium
MET 1 Other primary metals and metal articles
MAC 1 Machinery
ELC 1 Computers, electronics and electrical equipment
MTV 1 Cars, trucks and buses
PRT 1 Vehicle parts, bodies and trailers
OTE 1 Aircraft, ships, rail and other transport equipment
OMF 1 Furniture and other manufactures
TRD 0 Wholesale and retail trade
TRN 0 Transport services
ICT 0 Information and communication
FIN 0 Finance and insurance
REA 0 Real estate, rental and leasing
PRF 0 Professional and administrative services
EDU 0 Education
HTH 0 Health
ART 0 Arts, recreation, accommodation and meals
PUB 0 Public administration and other services
"""
TITLES = {line.split()[0]: line.split(maxsplit=2)[2] for line in _SECTORS.strip().splitlines()}
SECTORS = tuple(TITLES)
GOODS = tuple(x.split()[0] for x in _SECTORS.strip().splitlines() if x.split()[1] == "1")
SERVICES = tuple(s for s in SECTORS if s not in GOODS)

LUMPS = {
    "AGR": ("Agriculture, Forestry, Fishing", ("AGR",)),
    "MIN": ("Mining and Extraction", ("OIL", "POT", "MIN")),
    "UTL": ("Utilities", ("UTL", "WAT")),
    "CON": ("Construction", ("CON",)),
    "FOD": ("Food, Beverage, Tobacco", ("FOD",)),
    "TEX": ("Textile, Apparel, Leather", ("TEX",)),
    "WPP": ("Wood, Paper, Printing", ("LUM", "WOD", "PAP")),
    "PCH": ("Petroleum and Chemicals", ("PET", "CHM")),
    "NMM": ("Non-metallic Mineral Products", ("NMM",)),
    "MMC": ("Metals and Machinery", ("STL", "ALU", "MET", "MAC")),
    "ELC": ("Computers, Electronics, Electrical", ("ELC",)),
    "TRE": ("Transportation Equipment", ("MTV", "PRT", "OTE")),
    "OMF": ("Furniture and Other Manufacturing", ("OMF",)),
    "TRD": ("Wholesale and Retail Trade", ("TRD",)),
    "TRN": ("Transportation Services", ("TRN",)),
    "ICT": ("Information and Communication", ("ICT",)),
    "FIN": ("Finance and Insurance", ("FIN",)),
    "REA": ("Real Estate, Rental, Leasing", ("REA",)),
    "PRF": ("Professional and Administrative Services", ("PRF",)),
    "EDU": ("Education", ("EDU",)),
    "HTH": ("Health", ("HTH",)),
    "ART": ("Arts, Recreation, Accommodation, Food", ("ART",)),
    "PUB": ("Public Administration and Other Services", ("PUB",)),
}
"""The 23 sectors of the provincial input-output source, and ours within each."""
LUMP_NAMES = tuple(LUMPS)
LUMP_OF = {s: k for k, (_, children) in LUMPS.items() for s in children}

# Industries of the OECD's table (ISIC 4), by the finest group of ours that holds each.
ICIO = {
    "A01_02": "AGR", "A03": "AGR", "B05_06": "OIL", "B07_08": "POT MIN", "B09": "OIL",
    "C10T12": "FOD", "C13T15": "TEX", "C16": "LUM WOD", "C17_18": "PAP", "C19": "PET",
    "C20": "CHM", "C21": "CHM", "C22": "CHM", "C23": "NMM", "C24": "STL ALU MET", "C25": "MET",
    "C26": "ELC", "C27": "ELC", "C28": "MAC", "C29": "MTV PRT", "C30": "OTE", "C31T33": "OMF",
    "D": "UTL", "E": "WAT", "F": "CON", "G": "TRD", "H49": "TRN", "H50": "TRN", "H51": "TRN",
    "H52": "TRN", "H53": "TRN", "I": "ART", "J58T60": "ICT", "J61": "ICT", "J62_63": "ICT",
    "K": "FIN", "L": "REA", "M": "PRF", "N": "PRF", "O": "PUB", "P": "EDU", "Q": "HTH",
    "R": "ART", "S": "PUB", "T": "PUB",
}  # fmt: skip

# Industries of WIOD's 2013 release (ISIC 3), by the finest group of ours that holds each.
WIOD = {
    "c1": "AGR", "c2": "OIL POT MIN", "c3": "FOD", "c4": "TEX", "c5": "TEX", "c6": "LUM WOD",
    "c7": "PAP", "c8": "PET", "c9": "CHM", "c10": "CHM", "c11": "NMM", "c12": "STL ALU MET",
    "c13": "MAC", "c14": "ELC", "c15": "MTV PRT OTE", "c16": "OMF", "c17": "UTL WAT",
    "c18": "CON", "c19": "TRD", "c20": "TRD", "c21": "TRD", "c22": "ART", "c23": "TRN",
    "c24": "TRN", "c25": "TRN", "c26": "TRN", "c27": "ICT", "c28": "FIN", "c29": "REA",
    "c30": "PRF", "c31": "PUB", "c32": "EDU", "c33": "HTH", "c34": "ART", "c35": "PUB",
}  # fmt: skip

CENSUS = {"US": "USA", "MX": "MEX", "CN": "CHN", "HK": "CHN", "MO": "CHN", "JP": "JPN",
          "GB": "GBR", "KR": "KOR", "IN": "IND", "EU27": "EU27"}  # fmt: skip
"""Region of a partner in United States imports; Canada is split, all others are ROW."""
