"""How something new goes on being adopted: forecast, hindcast, generations."""

from pmlib.sizing.adoption.forecast import Adoption, adoption
from pmlib.sizing.adoption.generations import Generations, generations
from pmlib.sizing.adoption.hindcast import AdoptionHindcast, hindcast

__all__ = ["Adoption", "AdoptionHindcast", "Generations", "adoption", "generations", "hindcast"]
