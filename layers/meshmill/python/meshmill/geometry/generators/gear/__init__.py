"""Gear: involute spur and helical gears with hub, web and keyway."""
