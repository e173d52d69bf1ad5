"""An office that has been at work for months: the files that a demo shows before anybody has sent one."""
