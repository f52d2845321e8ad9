"""The press: plans, runs and publishes notebooks as pages. It knows notebooks and outputs, no topic."""

import sys

# nbformat asks jsonschema, which builds some 35 Lark grammars from this package to check IRIs that no
# notebook has: 72 % of the time of `import papermill`. jsonschema does without where it is missing.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
