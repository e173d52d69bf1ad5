"""What gunicorn serves: ``gunicorn web.wsgi:app``."""

from pipeline.logs import configure_logs
from web import create_app

configure_logs()
app = create_app()
