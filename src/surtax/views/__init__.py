"""Views: answers as tables that fit a terminal."""
