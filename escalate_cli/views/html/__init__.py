"""Pages of HTML: a module a page prepares the values, `templates/` places them, `static/` has the style
sheets."""
