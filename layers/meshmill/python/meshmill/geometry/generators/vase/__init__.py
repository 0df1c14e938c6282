"""Vase: a thrown vessel with an inner wall, a foot ring, handles and a fired glaze."""
