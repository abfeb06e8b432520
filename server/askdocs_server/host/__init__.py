"""What the sessions of a process share: executors, indexes, embedders and generators."""
