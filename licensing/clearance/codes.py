"""
The closed lists that a use and its terms are written in.

Territories are the officially assigned ISO 3166-1 alpha-2 codes, currencies the active ISO 4217
codes that name money (no metals, no funds, no test codes).
"""

from typing import Final, Literal, get_args

Purpose = Literal["personal", "commercial"]
AudienceRating = Literal["all", "teen", "mature"]

PURPOSES: Final[tuple[Purpose, ...]] = ("personal", "commercial")

# From the mildest content to the strongest.
AUDIENCE_RATINGS: Final[tuple[AudienceRating, ...]] = ("all", "teen", "mature")

# Who makes the video, as far as licensors tell users apart.
UserClass = Literal["individual", "creator", "company", "press", "education", "public_body"]
USER_CLASSES: Final[tuple[UserClass, ...]] = get_args(UserClass)

# Where a video is shown, coarser than the channels that a licensor names in its own words.
Medium = Literal["online", "advertising", "broadcast", "theatrical", "game", "event", "internal"]
MEDIA: Final[tuple[Medium, ...]] = get_args(Medium)

# What a video may contain that a licensor may not want beside its subject.
ContentCategory = Literal[
    "violence",
    "gore",
    "horror",
    "weapons",
    "crime",
    "self_harm",
    "nudity",
    "sexual",
    "alcohol",
    "tobacco",
    "drugs",
    "gambling",
    "politics",
    "religion",
    "hate",
    "defamation",
    "parody",
    "endorsement",
]
CONTENT_CATEGORIES: Final[tuple[ContentCategory, ...]] = get_args(ContentCategory)

# A longer generated clip has not been seen; the limit keeps every fee inside 64 bits.
MAX_DURATION_MS: Final = 3_600_000

_TERRITORIES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR
BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ
EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW
GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY
KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV
MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY
QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG
TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM
ZW
"""
TERRITORIES: Final = frozenset(_TERRITORIES.split())

_CURRENCIES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS
GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW
KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR
MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR
SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES: Final = frozenset(_CURRENCIES.split())
