"""What makes a mail more than its text: what stands in its head, and the page of HTML beside the text."""
