"""The interfaces of this room: who works for a unit, invitations, tables of units."""
