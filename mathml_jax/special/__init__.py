"""Special functions, right in the tails, with a derivative in every continuous argument."""

from mathml_jax.special.error import log_ndtr as log_ndtr
from mathml_jax.special.error import log_ndtr_derivative as log_ndtr_derivative
from mathml_jax.special.error import ndtr as ndtr
from mathml_jax.special.error import ndtr_derivative as ndtr_derivative
from mathml_jax.special.error import ndtri as ndtri
from mathml_jax.special.error import ndtri_derivative as ndtri_derivative
