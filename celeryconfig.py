"""Celery settings. Queues and routes are computed from the SOPs, never typed twice.

The broker is a doorbell: it may lose, double or delay any message (pipeline/services/outbox/owed.py). The values that
look odd were measured; each says what it prevents.
"""

from datetime import timedelta

from kombu import Queue

from pipeline.settings import settings
from pipeline.topology import PERAN_QUEUES, SERVICE_QUEUES

broker_url = settings().broker_url  # Celery lets a later environment win: a forked process has its own address

# Delivery: at least once; a killed child's message comes back at once, a killed worker's within seconds.
task_ignore_result = True
result_extended = False
task_acks_late = True
task_reject_on_worker_lost = True
task_acks_on_failure = True  # the outbox tries again, bounded and visible; the broker would for ever
task_acks_on_timeout = True
worker_prefetch_multiplier = 1
task_time_limit = 120
task_soft_time_limit = 90
task_publish_retry = False  # only the relay publishes, and it has its own loop
broker_connection_retry_on_startup = True
broker_connection_max_retries = None
broker_pool_limit = 10  # with 4, Flower hung for good
broker_transport_options = {
    "visibility_timeout": 600,  # far above the time limit, or a slow task runs again beside itself
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,  # look every 10 s, not every 100 s
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 15,
}
worker_cancel_long_running_tasks_on_connection_loss = False

# Only JSON, only ids in it.
task_serializer = result_serializer = event_serializer = "json"
accept_content = result_accept_content = ["json"]

# Queues: one per role of the SOP, three of the system's own. A typo in a route fails at once.
task_queues = [Queue(name) for name in (*PERAN_QUEUES, *SERVICE_QUEUES)]
task_default_queue = "sistem"
task_create_missing_queues = False

# Workers.
worker_concurrency = 2
worker_max_tasks_per_child = 2000
worker_max_memory_per_child = 320_000  # KB of its peak, half of it shared; a child is at 180,000 after fifty files
worker_hijack_root_logger = False
worker_soft_shutdown_timeout = 10
worker_enable_soft_shutdown_on_idle = True
worker_send_task_events = True
worker_consumer = "tasks.consumer:GatheringConsumer"  # tells Flower of several tasks at once
task_send_sent_event = True
event_queue_expires = 60
control_queue_expires = 60

# Time: legal deadlines are rows in the database, in the office's zone; beat only rings.
enable_utc = True
timezone = "UTC"
beat_schedule_filename = str(settings().data / "celerybeat-schedule")
beat_max_loop_interval = 2  # seconds; each look is a sign of life
beat_scheduler = "tasks.beat:LivingScheduler"


def _every(seconds: float, task: str) -> dict[str, object]:
    return {"task": task, "schedule": timedelta(seconds=seconds), "options": {"expires": seconds * 0.8}}


beat_schedule = {
    "sisa": _every(3600, "sistem.sapu_sisa"),
    "eskalasi": _every(15, "sistem.sapu_eskalasi"),
    "pengingat": _every(600, "sistem.sapu_pengingat"),
    "kepala": _every(600, "sistem.kepala_harian"),
    "simpanan": _every(600, "sistem.sapu_simpanan"),
    "terlantar": _every(60, "sistem.sapu_terlantar"),
    "gambar": _every(60, "sistem.sapu_gambar"),
    "templat": _every(60, "sistem.periksa_templat"),
    "laju": _every(60, "sistem.hitung_laju"),
    "kalender": _every(30, "sistem.sapu_kalender"),
}
