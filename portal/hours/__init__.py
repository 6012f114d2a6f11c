"""The opening hours: weeks valid from a day on, special days, holidays; open now, and until when."""
