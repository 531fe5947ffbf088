"""Rows of the chapter special."""

from functools import partial

from certificates.draws import arguments, decades, mixed, near, normal, uniform
from certificates.exact import below, density, log_below, log_below_slope, quantile
from certify import Row

from mathml_jax import special

Special = partial(Row, goal=16, goal_99=4)

_small = decades(-8, 0)
_centre = mixed(normal(), _small, near(0, _small))
_reals = arguments(mixed(uniform((-38, -13), 9), _centre))
_far = arguments(mixed(uniform((-38, -13), (38, 13)), near(0, decades(0, 18)), _centre))
_probabilities = arguments(
    mixed(
        uniform(0, 1),
        decades((-307, -37), 0),
        near(1, decades((-15, -7), -0.5)),
        near(0.5, decades(-8, -0.4)),
        near(0.5, near(0, decades(-8, -0.4))),
    )
)
_reals_domain = "-38 (float32: -13) to 9, and near 0"
_far_domain = "-1e18 to 38 (float32: 13), and near 0"
_probabilities_domain = "1e-307 (float32: 1e-37) to 1 - eps, and near 1/2"

ROWS = [
    Special("special.ndtr", special.ndtr, below, _reals, _reals_domain),
    Special("special.ndtr_derivative", special.ndtr_derivative, density, _reals, _reals_domain),
    Special("special.log_ndtr", special.log_ndtr, log_below, _far, _far_domain),
    Special(
        "special.log_ndtr_derivative",
        special.log_ndtr_derivative,
        log_below_slope,
        _far,
        _far_domain,
    ),
    Special("special.ndtri", special.ndtri, quantile, _probabilities, _probabilities_domain),
    Special(
        "special.ndtri_derivative",
        special.ndtri_derivative,
        lambda p: 1 / density(quantile(p)),
        _probabilities,
        _probabilities_domain,
    ),
]
