"""Which CUDA GPU to use, and how much of its memory."""
