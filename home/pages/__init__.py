"""The front door, news, standard pages and forms."""
