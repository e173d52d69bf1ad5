"""What gunicorn serves: ``gunicorn --preload web.wsgi:app``."""

import gc

from pipeline.db import PAGE, limit_statements, load_database_code
from pipeline.logs import configure_logs
from web import create_app

configure_logs()
limit_statements(PAGE)
app = create_app()
load_database_code()
gc.collect()
gc.freeze()  # the collector writes into no page loaded so far, and gunicorn's children go on sharing them
