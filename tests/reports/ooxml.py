"""In which order the elements of a chart stand, as PowerPoint demands (ECMA-376, part 1, 21.2)."""

SERIES = "idx order tx spPr"
LABELS = "showLegendKey showVal showCatName showSerName showPercent showBubbleSize"
AXIS = (
    "axId scaling delete axPos majorGridlines title numFmt majorTickMark minorTickMark tickLblPos"
    " spPr txPr crossAx crosses crossesAt"
)
ORDER = {
    "chartSpace": "date1904 roundedCorners chart spPr txPr externalData",
    "chart": "title autoTitleDeleted plotArea legend plotVisOnly dispBlanksAs",
    "plotArea": "layout areaChart barChart lineChart scatterChart bubbleChart axis",
    "barChart": "barDir grouping varyColors ser dLbls gapWidth overlap axId",
    "lineChart": "grouping varyColors ser dLbls marker axId",
    "areaChart": "grouping varyColors ser axId",
    "scatterChart": "scatterStyle varyColors ser axId",
    "bubbleChart": "varyColors ser bubbleScale showNegBubbles sizeRepresents axId",
    "bar ser": f"{SERIES} invertIfNegative dPt dLbls errBars cat val",
    "line ser": f"{SERIES} marker dPt dLbls errBars cat val smooth",
    "area ser": f"{SERIES} dPt dLbls errBars cat val",
    "scatter ser": f"{SERIES} marker dPt dLbls errBars xVal yVal smooth",
    "bubble ser": f"{SERIES} invertIfNegative dPt dLbls errBars xVal yVal bubbleSize bubble3D",
    "dPt": "idx invertIfNegative marker bubble3D spPr",
    "dLbls": f"dLbl numFmt spPr txPr dLblPos {LABELS}",
    "dLbl": f"idx layout tx numFmt spPr txPr dLblPos {LABELS}",
    "errBars": "errDir errBarType errValType noEndCap plus minus val spPr",
    "catAx": f"{AXIS} auto lblAlgn lblOffset noMultiLvlLbl",
    "dateAx": f"{AXIS} auto lblOffset baseTimeUnit majorUnit majorTimeUnit",
    "valAx": f"{AXIS} crossBetween majorUnit",
    "scaling": "orientation max min",
    "legend": "legendPos legendEntry overlay spPr txPr",
    "legendEntry": "idx delete",
    "title": "tx layout overlay",
    "marker": "symbol size spPr",
    "manualLayout": "layoutTarget xMode yMode x y w h",
    "numRef": "f numCache",
    "strRef": "f strCache",
    "numCache": "formatCode ptCount pt",
    "strCache": "ptCount pt",
    "ln": "noFill solidFill prstDash round",
}


def misplaced(root):
    """Name what stands where it may not, or is not known here."""
    found = []
    for node in root.iter():
        name = kind(node)
        children = [kind(child).split()[-1] for child in node]
        if name == "plotArea":
            children = ["axis" if child.endswith("Ax") else child for child in children]  # in any order
        known = ORDER.get(name, "").split()
        if not children or name not in ORDER:
            continue
        if unknown := set(children) - set(known):
            found.append(f"{name}: {unknown}")
        elif [known.index(child) for child in children] != sorted(known.index(child) for child in children):
            found.append(f"{name}: {children}")
    return found


def kind(node):
    """Its name without a namespace; of a series also of which chart."""
    name = node.tag.rpartition("}")[2]
    return f"{node.getparent().tag.rpartition('}')[2].removesuffix('Chart')} ser" if name == "ser" else name
