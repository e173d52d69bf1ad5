"""One Celery task per langkah of every SOP, named ``sop.<langkah>``: read from the SOPs, so a new permit needs no code.

Which queue carries it is the role of its langkah (the outbox row says so); what it does is the langkah's own: its
automatic work, or telling the person whose desk it is (pipeline/services/outbox/run.py).
"""

from pipeline.topology import step_tasks
from tasks.base import carries_outbox

STEPS = {name: carries_outbox(name, langkah.activity) for name, langkah in step_tasks().items()}
