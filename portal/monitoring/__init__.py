"""What the site says of its own work to those who keep it running: counts, log lines, timings; of visitors, nothing."""
