"""What staff look after among themselves: accounts, people, approvals, the audit log."""
