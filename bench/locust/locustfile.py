"""Locust as a peer: one request over and over, as fast as it can or at a constant rate for each user."""

import os

from locust import FastHttpUser, constant_throughput, task

RATE = float(os.environ.get("RATE_PER_USER", "0"))


class Visitor(FastHttpUser):
    if RATE > 0:
        wait_time = constant_throughput(RATE)

    @task
    def visit(self):
        self.client.get("/")
