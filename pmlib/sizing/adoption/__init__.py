"""How something new goes on being adopted: forecast, hindcast, generations."""

from pmlib.sizing.adoption.forecast import Adoption, adoption

__all__ = ["Adoption", "adoption"]
