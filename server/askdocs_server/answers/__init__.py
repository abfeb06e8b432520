"""From a question to a cited answer: passages, prompt, what is written and how it is shown."""
