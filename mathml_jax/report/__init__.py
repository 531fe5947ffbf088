"""Everything that was proved, on one page that asks the network for nothing."""

from mathml_jax.report.page import render as render
from mathml_jax.report.page import write as write
from mathml_jax.report.results import Report as Report
from mathml_jax.report.results import build as build
