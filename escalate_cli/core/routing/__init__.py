"""From a reporter's words to a service, with the reasons."""
