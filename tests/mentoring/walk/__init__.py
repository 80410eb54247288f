"""A whole cohort by clock, from the first application to the last thank-you: `make walk` prints what everybody got.

It lives with the tests because it sets the time itself, which nothing on a site that serves people may do.
"""
