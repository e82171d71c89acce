"""What the queue starts in the policies room."""

from api.policies.backtest.jobs import JOBS as BACKTEST_JOBS
from api.policies.trying.jobs import JOBS as RESCORING_JOBS

JOBS = {**BACKTEST_JOBS, **RESCORING_JOBS}
