"""What time does: deadlines computed anew, escalations, reminders, archiving."""
