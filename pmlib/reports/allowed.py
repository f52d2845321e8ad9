"""What of HTML, SVG and CSS a page takes from others: names, and nothing that runs, asks or moves."""


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Style. Not among it: position, margin, transform, content, and whatever takes an address.
PROPERTIES = _names("""
    background background-color border border-bottom border-collapse border-color border-left
    border-radius border-right border-spacing border-style border-top border-width caption-side clip-path
    clip-rule color display dominant-baseline fill fill-opacity fill-rule font-size font-style
    font-variant-numeric font-weight height max-height max-width min-width opacity padding padding-bottom
    padding-left padding-right padding-top paint-order stop-color stop-opacity stroke stroke-dasharray
    stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width
    text-align text-anchor text-decoration text-transform vertical-align white-space width
""")
FUNCTIONS = _names("rgb rgba hsl hsla var linear-gradient")

# HTML, and the SVG that stands in it.
WORDS = _names("""
    a abbr b blockquote br caption center cite code col colgroup dd del details div dl dt em figcaption figure
    h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody
    td tfoot th thead tr tt u ul var wbr
""")
SHAPES = _names("circle ellipse g line path polygon polyline rect svg text tspan")
DEFINED = _names("defs use")  # in our own charts only: they need ids
GONE = _names("""
    applet audio canvas embed foreignobject frameset iframe math noembed noframes noscript object plaintext
    script select style template textarea title video xmp
""")  # with all that is in them
GEOMETRY = _names("cx cy d height points r rx ry transform viewBox width x x1 x2 y y1 y2")
PAINT = _names(
    "fill fill-opacity font-size font-weight opacity stroke stroke-linecap stroke-width text-anchor"
)
CELL = _names("colspan rowspan scope align")
ATTRIBUTES = {
    "*": _names("class style title lang aria-label role"),
    "a": _names("href"),
    "img": _names("src alt width height"),
    "ol": _names("start"),
    "details": _names("open"),
    **dict.fromkeys(("td", "th", "tr", "col"), CELL),
    **dict.fromkeys(SHAPES, GEOMETRY | PAINT),
}
OUR_ATTRIBUTES = ATTRIBUTES | {
    "*": ATTRIBUTES["*"] | _names("id tabindex"),
    "use": GEOMETRY | _names("href"),
}

# Others may use a look that has no place of its own: not .stamp, .banner or .skip.
TABLES = _names("scroll more unseen t1 t2 t3 t4 t5 t6")
FIGURES = TABLES | _names("""
    absent answer chart checks fails finding lead narrow numbers result source subtitle tiles wide
""")

# An SVG document, which stands in the page as a picture.
DRAWING = (SHAPES | DEFINED) | _names("""
    clipPath desc linearGradient marker mask pattern radialGradient stop symbol title
""")
DRAWN = (PROPERTIES | GEOMETRY | PAINT) | _names("""
    clip-path clipPathUnits dx dy font-family fx fy gradientTransform gradientUnits id marker-end marker-mid
    marker-start markerHeight markerUnits markerWidth mask maskContentUnits maskUnits offset orient
    patternContentUnits patternTransform patternUnits preserveAspectRatio refX refY rotate spreadMethod style
    textLength
""")
