"""From the disk to chunks in the store: selection, watching, chunking, comparing, storing."""
