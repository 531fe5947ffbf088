"""What is done to data before a model sees it."""

from mathml_jax.preprocessing.scaling import standardize as standardize
from mathml_jax.preprocessing.scaling import standardize_vjp as standardize_vjp
