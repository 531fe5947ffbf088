"""Small real data sets, each with its source and licence."""

from mathml_jax.datasets.penguins import Penguins as Penguins
from mathml_jax.datasets.penguins import load_penguins as load_penguins
