"""Two typed addresses: whether they are one mailbox, and whether it looks shared."""
