"""The parts of the endpoint matrix: the cast, what addresses are about, and the rows by audience."""
