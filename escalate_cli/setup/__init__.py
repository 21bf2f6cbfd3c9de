"""What `init` and `cron` print: the starter, units, crontab lines."""
