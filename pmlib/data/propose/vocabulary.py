"""What columns are called, in the languages that tables come in."""

import re
import unicodedata

# The order counts: "price per unit" is a price, "sales volume" counts units, "brand name" is a firm.
ROLES = {
    "share": """
        share marktanteil anteil part cuota quota marktaandeel aandeel udział 份额 シェア
    """,
    "price": """
        price preis verkaufspreis listenpreis prix precio prezzo preço preco prijs cena pris msrp rrp uvp
        asp 价格 価格 单价 単価
    """,
    "revenue": """
        nettowert bruttowert betrag amount gmv revenue revenues rev turnover umsatz erlös erlöse ca
        ingresos ricavi fatturato faturamento receita omzet przychód przychody omsättning 销售额 売上 营收
    """,
    "units": """
        units unit qty quantity volume volumes sold shipments shipped pieces pcs registrations absatz
        menge stück stückzahl einheiten verkäufe zulassungen unités quantité unidades cantidad unità
        downloads installs installations quantità quantidade aantal stuks ilość sztuki
        antal 销量 数量 販売台数 台数
    """,
    "period": """
        date period year quarter month week day time fy datum zeit zeitraum jahr quartal monat woche tag
        geschäftsjahr wirtschaftsjahr kalenderjahr berichtsjahr verkaufsjahr kalendermonat berichtsmonat
        année annee trimestre mois semaine jour période fecha período periodo año mes semana día data anno
        mese mês ano jaar kwartaal maand rok miesiąc kwartał år måned 日期 年 月 年月 年度 期间 日付
    """,
    "firm": """
        firm company manufacturer vendor maker make brand supplier producer operator carrier competitor
        oem publisher firma unternehmen hersteller anbieter marke entreprise société fabricant marque
        empresa fabricante proveedor marca azienda produttore fornitore fabrikant merk bedrijf producent
        leverancier märke tillverkare 公司 厂商 制造商 品牌 会社 メーカー ブランド
    """,
    "product": """
        product model sku item article asin ean gtin upc part title name produkt modell artikel
        bezeichnung artikelnummer produit modèle modele article référence producto modelo artículo
        prodotto modello articolo produto artigo nazwa 产品 商品 型号 製品 品名 名称
    """,
}
SALES = "sales sale ventes ventas vendite vendas verkoop sprzedaż försäljning 销售 販売"  # units, or money?
IDS = """
    id nr no num number code key sku ean gtin upc asin zip plz postcode kod código codice nummer 编号 番号
"""
# These measure something else than what they are named after, or say when something else happened.
OTHERWISE = """
    rank rang ranking index change growth yoy mom delta diff previous prev last target plan budget
    forecast cost costs margin profit discount tax stock inventory returned returns kosten marge gewinn
    rabatt lagerbestand bestand rating ratings review reviews score visits clicks launch launched release
    released created updated founded birth expiry first available joined listed
    retouren retoure rendite deckungsbeitrag distribution promo promotion acv
    published position option taxable requires included compare
    session sessions pageviews refund refunds refunded
    veränderung wachstum vorjahr ziel
"""
PLACES = """
    region country state city area market segment category channel type class color colour status currency
    customer gender store shop land bundesland stadt markt kategorie kanal typ klasse farbe kunde filiale
    pays ville catégorie canal país ciudad categoría paese città categoria kraj provincia
    地区 国家 类别 カテゴリ
"""
# Of tables of choices: who chose, when, between what, and what it was.
CHOOSER = """
    household hh hhid respondent resp person individual consumer customer shopper panelist panellist subject
    participant user member buyer idcase haushalt befragter teilnehmer kunde käufer ménage foyer répondant
    hogar encuestado famiglia intervistato
"""
OCCASION = """
    occasion task set choiceset choice chid obs observation trip visit purchase session question screen
    situation scenario card kauf einkauf aufgabe achat compra acquisto
"""
ALTERNATIVE = "alternative alt option concept profile position altid"
CHOSEN = """
    chosen choice chose choose selected selection picked pick purchased purchase bought buy decision response
    gewählt wahl gekauft choisi choix acheté elegido elección comprado scelto scelta
"""
AVAILABLE = "available availability avail av offered instock verfügbar disponible"
# Of tables of deals: which they are, whether they were won, when that was decided, against whom, and why.
DEAL = "deal opportunity opp quote bid tender proposal case angebot auftrag affaire oportunidad"
WON = "won win gewonnen gagné ganado vinto"
CLOSED = "close closed closing decided decision abschluss clôture cierre chiusura"
RIVAL = """
    competitor rival competition opponent incumbent konkurrent wettbewerber mitbewerber concurrent competidor
    concorrente
"""
REASON = "reason reasons why cause driver grund ursache motiv raison motivo razón causa"
# Of tests: the arm of a user, and what was known of one before.
ARM = "variant variation arm bucket treatment testgroup variante"
BEFORE = "before pre prior previous baseline covariate vorher avant"
BETTER = {
    "higher": """
        battery akku batterie capacity kapazität memory ram storage speicher resolution speed power leistung
        puissance range reichweite autonomie life mileage mpg warranty garantie durability brightness accuracy
        efficiency quality qualität bandwidth horsepower torque airbags mah gb
    """,
    "lower": """
        weight gewicht poids peso noise lautstärke consumption verbrauch consommation energy energie emissions
        co2 latency delay defects
    """,
}
CURRENCIES = {
    "€": "€", "eur": "€", "euro": "€", "euros": "€", "$": "$", "usd": "$", "us$": "$", "dollar": "$",
    "dollars": "$", "£": "£", "gbp": "£", "¥": "¥", "jpy": "¥", "yen": "¥", "円": "¥", "元": "CNY",
    "rmb": "CNY", "cny": "CNY", "chf": "CHF", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "pln": "PLN",
    "zł": "PLN", "czk": "CZK", "inr": "INR", "₹": "INR", "brl": "BRL", "r$": "BRL", "cad": "CAD",
    "aud": "AUD",
}  # fmt: skip
MULTIPLES = {
    "k": "k", "thousand": "k", "thousands": "k", "tsd": "k", "tsd.": "k", "t": "k", "m": "M", "mn": "M",
    "mm": "M", "mio": "M", "mio.": "M", "million": "M", "millions": "M", "bn": "B", "billion": "B",
    "mrd": "B", "mrd.": "B", "'000": "k", "000": "k", "000s": "k",
}  # fmt: skip
PERCENT = {"%", "percent", "pct", "prozent", "pourcent", "porcentaje"}
UNITS = """
    kg g mg lb lbs oz t mm cm m km mi in ft l ml cl gal W kW hp PS V mV A mAh Ah Wh kWh GB MB TB Hz MHz GHz dB
    s sec min h hr hrs hours days px MP Nm rpm mpg mph km/h l/100km g/km °C lm cd
"""
WRITTEN = {unit.casefold(): unit for unit in UNITS.split()}


def words(header: str) -> list[str]:
    """Split a header into lower-case words: "RevenueUSD (k)" gives revenue, usd, k."""
    text = unicodedata.normalize("NFC", header)
    text = re.sub(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])", " ", text)
    return re.findall(r"[^\W_]+|[%€$£¥₹]", text.casefold())


def named(header: str, vocabulary: str) -> int:
    """Tell how well a header names a thing: 2 by a word of its own, 1 by a part of one, 0 not at all."""
    found = 0
    for word in vocabulary.casefold().split():
        for token in words(header):
            if token == word:
                return 2
            compound = len(word) > 4 and not token.startswith("market")
            if (compound and (token.startswith(word) or token.endswith(word))) or (
                not word.isascii() and ord(word[0]) > 0x2E80 and word in token
            ):
                found = 1
    return found


def unit_of(header: str) -> tuple[str, str]:
    """Take the unit out of a header: "Price (EUR)" gives Price and €, "rev_usd_k" gives rev and $k."""
    found = re.fullmatch(r"(.*\S)\s*[(\[]\s*([^()\[\]]{1,12})\s*[)\]]", header)
    if found:
        unit = unit_text(re.sub(r"^in\s+", "", found[2].strip()))
        return (found[1].strip(" ,:"), unit) if unit else (header, "")
    found = re.fullmatch(r"(.*?\S)(?:\s*,\s*in\s+|\s+in\s+|[\s_,/-]+)(\S+(?:[\s_]+\S+)?)", header)
    for rest, tail in [(found[1], found[2])] if found else []:
        for head, unit in ((rest, tail), *_shorter(rest, tail)):
            if written := unit_text(unit, strict=True):
                return head.strip(" ,:_-/"), written
    if header.endswith(("%", "€", "$", "£")):
        return header[:-1].strip(" _-") or header, header[-1]
    return header, ""


def _shorter(rest: str, tail: str) -> list[tuple[str, str]]:
    pieces = re.split(r"[\s_]+", tail)
    return [(f"{rest} {pieces[0]}", pieces[1])] if len(pieces) == 2 else []


def unit_text(text: str, strict: bool = False) -> str:
    """Write a unit the house's way: "k EUR" is €k, "percent" is %; with `strict`, "" for an unknown one."""
    pieces = re.findall(r"[^\s_/.]+\.?|/\S+", text.casefold())
    if text.casefold() in PERCENT:
        return "%"
    glued = re.fullmatch(r"(k|m|mio|tsd|bn)\.?\s*([€$£¥]|[a-z]{3})", text.casefold())
    pieces = [glued[1], glued[2]] if glued else pieces
    money = [CURRENCIES[piece] for piece in pieces if piece in CURRENCIES]
    many = [MULTIPLES[piece] for piece in pieces if piece in MULTIPLES]
    if len(money) == 1 and len(money) + len(many) == len(pieces):
        return money[0] + "".join(many)
    if text.casefold() in WRITTEN:
        return WRITTEN[text.casefold()]
    return text if not strict and text.isalpha() and len(text) <= 6 else ""


def is_year(text: str) -> bool:
    """Tell whether a cell or a header is a year of our time."""
    return bool(re.fullmatch(r"(19|20)\d\d", text))
