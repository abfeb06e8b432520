"""Generated summaries of documented symbols: written, checked and cached."""
