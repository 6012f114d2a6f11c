"""The dates at the desk: typed or pasted on one screen, tried, published, taken back."""
