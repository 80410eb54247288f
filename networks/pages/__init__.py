"""What editors publish: networks, sessions, programmes, pathways, the library and exhibitions."""
