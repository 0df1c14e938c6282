"""Building: storeys of bays with windows, doors and trim under one of five roofs."""
