"""How big is the market? Driver trees, triangulation, adoption, price, incidence and segments."""

__all__: list[str] = []
