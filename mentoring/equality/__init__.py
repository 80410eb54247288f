"""Who takes part, asked for monitoring only: pseudonymous, optional, never read by the matching."""
