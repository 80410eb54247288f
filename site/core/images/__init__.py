"""Pictures: every picture says what it shows, or says that it is decoration."""
