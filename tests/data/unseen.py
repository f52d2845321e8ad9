"""Tables as other people's tools export them, none of them damaged: what analysts bring on day one."""

import io
import json
import random
from collections.abc import Iterator

import pandas as pd

FIRMS = ["Bosch", "Siemens", "Miele", "AEG", "Beko"]


def german_report() -> bytes:
    """Semicolons, decimal commas, title lines, a totals row, cp1252."""
    chance, lines, total = random.Random(1), [], 0
    for year in range(2019, 2025):
        for i in range(25):
            pieces = chance.randint(1000, 90_000)
            total += pieces
            price = f"{chance.uniform(299, 1899):,.2f}".replace(",", "x").replace(".", ",").replace("x", ".")
            counted = f"{pieces:,}".replace(",", ".")
            lines.append(f"{year};{FIRMS[i % 5]};Gerät Ü{i:02d};{counted};{price};{chance.randint(40, 99)}")
    head = "Absatzbericht Geschirrspüler\r\nStand: 31.12.2024\r\n\r\n"
    header = "Jahr;Hersteller;Modell;Absatz (Stück);Preis (EUR);Energie kWh"
    return (head + "\r\n".join([header, *lines, f"Summe;;;{total:,};;".replace(",", ".")]) + "\r\n").encode(
        "cp1252"
    )


def dollars() -> bytes:
    """A BOM, CRLF, quoted dollars with thousands, US dates, skus with names."""
    chance, lines = random.Random(2), ['Month,SKU,Product Name,Brand,"Net Sales ($)",Units Sold,Avg Price']
    for month in range(1, 13):
        for i in range(20):
            units = chance.randint(10, 5000)
            price = 20 + 7 * i + chance.random()
            lines.append(
                f'{month:02d}/01/2023,{i + 7:05d},"Lamp, {i}",{["Lumo", "Brite", "Glow"][i % 3]},'
                f'"${units * price:,.2f}","{units:,}",${price:.2f}'
            )
    return b"\xef\xbb\xbf" + ("\r\n".join(lines) + "\r\n").encode()


def utf16_shares() -> bytes:
    """Excel's "Unicode text": UTF-16, tabs, shares in per cent with a comma, no sales."""
    chance, lines = random.Random(3), ["Quarter start\tCompany\tMarket share\tNote"]
    for year in (2022, 2023, 2024):
        for month in (1, 4, 7, 10):
            for firm in FIRMS:
                part = f"{chance.uniform(5, 20):.1f}".replace(".", ",")
                lines.append(f"01.{month:02d}.{year}\t{firm}\t{part}%\t")
    return ("\r\n".join(lines) + "\r\n").encode("utf-16")


def wide_years() -> bytes:
    """One column a year."""
    chance, lines = random.Random(4), ["Brand,Model,List price USD,2019,2020,2021,2022"]
    for i in range(24):
        sold = ",".join(str(chance.randint(50, 9000)) for _ in range(4))
        lines.append(f"{FIRMS[i % 4]},Model {i},{chance.randint(100, 900)},{sold}")
    return ("\n".join(lines) + "\n").encode()


def spec_sheet() -> bytes:
    """Thirty columns of features, ids with zeros in front, yes and no, no sales."""
    chance = random.Random(5)
    names = ["article_no", "product title", "vendor", "price_gbp", "weight_g", "bluetooth", "rating", "stock"]
    names += ["country", "launch date", "battery life (h)", "colour"]
    rows = [names + [f"Spec {chr(65 + i)} (mm)" for i in range(18)]]
    for i in range(48):
        battery = chance.randint(4, 40)
        price = f"{20 + battery * 3 + chance.random() * 9:.2f}"
        row = [f"{i * 37:06d}", f"Headphone {i}", f"Vendor {i % 6}", price, str(chance.randint(150, 400))]
        row += [chance.choice(["yes", "no"]), f"{chance.uniform(3, 5):.1f}", str(chance.randint(0, 99))]
        row += [chance.choice(["UK", "DE"]), f"2023-0{1 + i % 9}-15", str(battery) if i % 11 else "n/a"]
        row.append(chance.choice(["red", "black"]))
        rows.append([*row, *(f"{chance.uniform(1, 50):.1f}" for _ in range(18))])
    return "".join(",".join(row) + "\n" for row in rows).encode()


def regions_and_notes() -> bytes:
    """French, pipes, a place beside product and month, notes below."""
    chance, lines = random.Random(6), ["Mois|Région|Marque|Référence|Ventes (unités)|Prix moyen €"]
    for month in range(1, 7):
        for region in ("Nord", "Sud"):
            for i in range(12):
                lines.append(
                    f"2024-{month:02d}|{region}|Marque {i % 4}|R{i}|{chance.randint(5, 500)}|{9 + i},90"
                )
    return ("\n".join([*lines, "", "Source : panel distributeur", "* données provisoires"]) + "\n").encode(
        "cp1252"
    )


def no_header() -> bytes:
    """Rows from the first line on."""
    chance = random.Random(7)
    rows = [
        f"2021-{m:02d}-01,{FIRMS[i % 3]},P{i},{chance.randint(1, 999)}" for m in range(1, 7) for i in range(9)
    ]
    return ("\n".join(rows) + "\n").encode()


def chinese() -> bytes:
    """Headers that share no letter with ours."""
    chance, lines = random.Random(8), ["年份,品牌,型号,销量,价格(元),重量kg"]
    for year in (2022, 2023):
        for i in range(20):
            what = f"品牌{'甲乙丙丁'[i % 4]},型号{i}"
            lines.append(f"{year},{what},{chance.randint(10, 999)},{1000 + i * 50},{2 + i / 10}")
    return ("\n".join(lines) + "\n").encode()


def workbook() -> bytes:
    """A workbook of two sheets, title rows above the table, real dates."""
    chance, book = random.Random(9), io.BytesIO()
    rows = [
        [pd.Timestamp(2024, month, 1), FIRMS[i % 3], f"Oven {i}", chance.randint(5, 900), 199.5 + i]
        for month in range(1, 5)
        for i in range(12)
    ]
    frame = pd.DataFrame(rows, columns=["Date", "Manufacturer", "Model", "Units", "Price €"])
    with pd.ExcelWriter(book, engine="xlsxwriter", datetime_format="yyyy-mm-dd") as writer:
        pd.DataFrame({"a": ["read me"]}).to_excel(writer, sheet_name="About", index=False, header=False)
        frame.to_excel(writer, sheet_name="Sales", index=False, startrow=3)
        writer.sheets["Sales"].write(0, 0, "Ovens, sell-out")
    return book.getvalue()


def answer_of_a_service() -> bytes:
    """JSON with its rows two levels down."""
    chance = random.Random(10)
    rows = [
        {
            "date": f"2024-{month:02d}-01",
            "vendor": FIRMS[i % 3],
            "sku": f"S{i:03d}",
            "qty": chance.randint(1, 99),
            "price": 5.25 + i,
            "in_stock": bool(i % 2),
            "tags": ["a"],
        }
        for month in range(1, 4)
        for i in range(15)
    ]
    return json.dumps({"status": "ok", "data": {"items": rows}}).encode()


def parquet() -> bytes:
    """Types of its own."""
    chance, content = random.Random(11), io.BytesIO()
    rows = [
        [pd.Timestamp(2023, m, 1), FIRMS[i % 4], f"M{i}", chance.randint(1, 900), 10.5 + i, chance.random()]
        for m in range(1, 13) for i in range(16)
    ]  # fmt: skip
    pd.DataFrame(rows, columns=["month", "brand", "model", "units", "price_usd", "power_w"]).to_parquet(
        content
    )
    return content.getvalue()


FILES = {
    "Absatz 2024.csv": german_report,
    "Sales Export (3).csv": dollars,
    "anteile.txt": utf16_shares,
    "wide.csv": wide_years,
    "specs.csv": spec_sheet,
    "panel.csv": regions_and_notes,
    "feed.csv": no_header,
    "china.csv": chinese,
    "ovens.xlsx": workbook,
    "shop.json": answer_of_a_service,
    "sellout.parquet": parquet,
}


def files() -> Iterator[tuple[str, bytes]]:
    """Make every file, by name."""
    for name, make in FILES.items():
        yield name, make()
