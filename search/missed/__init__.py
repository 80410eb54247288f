"""What people searched for and did not find, so that editors can add a page, a synonym or a promoted result."""
