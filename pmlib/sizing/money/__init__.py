"""Money of one currency and year as that of another: by prices, by exchange rates, by purchasing power."""

from pmlib.sizing.money.exchange import Factor, Money, money
from pmlib.sizing.money.in_money import in_money
from pmlib.sizing.money.purchasing_power import PurchasingPower, purchasing_power

__all__ = ["Factor", "Money", "PurchasingPower", "in_money", "money", "purchasing_power"]
