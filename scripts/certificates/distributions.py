"""Rows of the chapter distributions: the normal law with any mean and standard deviation.

The distance z from the mean, in standard deviations, carries a rounding that no later step can undo: the unit counts
what it does to the result, z times the derivative in z, beside the result itself.
"""

from functools import partial

from certificates.draws import arguments, decades, mixed, near, normal, uniform
from certificates.exact import below, density, log_below, log_below_slope, quantile, total
from certify import Row
from flint import arb

from mathml_jax.distributions import norm

Rounded = partial(Row, unit="eps (abs f + abs z f')")


def _points(low, high):
    """Points at distances between two bounds, of laws of many places and widths."""
    parts = arguments(uniform(low, high), uniform(-10, 10), decades(-2, 2))

    def draw(rng, count, info):
        z, loc, scale = parts(rng, count, info)
        return loc + scale * z, loc, scale

    return draw


def _of_z(function):
    """A reference in x, loc and scale from one in z and scale."""
    return lambda x, loc, scale: function((x - loc) / scale, scale)


def _sized(value, factor):
    return value, abs(value) * factor


_near, _far = _points((-38, -13.2), (38, 13.2)), _points(-1000, 1000)
_near_domain = "z from -38 to 38 (float32: ±13.2), loc to ±10, scale from 0.01 to 100"
_far_domain = "z from -1000 to 1000, loc to ±10, scale from 0.01 to 100"
_quantiles = arguments(
    mixed(uniform(0, 1), decades((-307, -37), 0), near(1, decades((-15, -7), 0))), uniform(-10, 10), decades(-2, 2)
)
_quantiles_domain = "q from 1e-307 (float32: 1e-37) to 1 - eps, loc to ±10, scale from 0.01 to 100"

_pdf = _of_z(lambda z, scale: _sized(density(z) / scale, 1 + z * z))
_log_root = (2 * arb.pi()).log() / 2


def _fit(data):
    centre, size = total(v / len(data) for v in data)
    scale = total((v - centre) ** 2 / len(data) for v in data)[0].sqrt()
    return [(centre, size), (scale, scale)]


def _slope_of_log_below(z, scale):
    slope = log_below_slope(z)
    return _sized(slope / scale, 1 + abs(z * (z + slope)))


ROWS = [
    Rounded("distributions.norm.pdf", norm.pdf, _pdf, _near, _near_domain),
    Rounded(
        "distributions.norm.pdf_derivative",
        norm.pdf_derivative,
        _of_z(lambda z, scale: _sized(-z * density(z) / scale**2, 1 + z * z)),
        _near,
        _near_domain,
    ),
    Row(
        "distributions.norm.logpdf",
        norm.logpdf,
        _of_z(lambda z, scale: (-z * z / 2 - scale.log() - _log_root, z * z / 2 + abs(scale.log()) + _log_root)),
        _far,
        _far_domain,
        unit="eps Σ",
    ),
    Row(
        "distributions.norm.logpdf_derivative",
        norm.logpdf_derivative,
        _of_z(lambda z, scale: -z / scale),
        _far,
        _far_domain,
    ),
    Rounded(
        "distributions.norm.cdf",
        norm.cdf,
        _of_z(lambda z, scale: (below(z), below(z) + abs(z) * density(z))),
        _near,
        _near_domain,
    ),
    Rounded("distributions.norm.cdf_derivative", norm.cdf_derivative, _pdf, _near, _near_domain),
    Rounded(
        "distributions.norm.logcdf",
        norm.logcdf,
        _of_z(lambda z, scale: (log_below(z), abs(log_below(z)) + abs(z) * log_below_slope(z))),
        _far,
        _far_domain,
    ),
    Rounded(
        "distributions.norm.logcdf_derivative",
        norm.logcdf_derivative,
        _of_z(_slope_of_log_below),
        _far,
        _far_domain,
    ),
    Rounded(
        "distributions.norm.sf",
        norm.sf,
        _of_z(lambda z, scale: (below(-z), below(-z) + abs(z) * density(z))),
        _near,
        _near_domain,
    ),
    Rounded(
        "distributions.norm.sf_derivative",
        norm.sf_derivative,
        _of_z(lambda z, scale: _sized(-density(z) / scale, 1 + z * z)),
        _near,
        _near_domain,
    ),
    Rounded(
        "distributions.norm.logsf",
        norm.logsf,
        _of_z(lambda z, scale: (log_below(-z), abs(log_below(-z)) + abs(z) * log_below_slope(-z))),
        _far,
        _far_domain,
    ),
    Rounded(
        "distributions.norm.logsf_derivative",
        norm.logsf_derivative,
        _of_z(lambda z, scale: _slope_of_log_below(-z, -scale)),
        _far,
        _far_domain,
    ),
    Row(
        "distributions.norm.ppf",
        norm.ppf,
        lambda q, loc, scale: (loc + scale * quantile(q), abs(loc) + abs(scale * quantile(q))),
        _quantiles,
        _quantiles_domain,
        unit="eps Σ",
    ),
    Row(
        "distributions.norm.ppf_derivative",
        norm.ppf_derivative,
        lambda q, loc, scale: scale / density(quantile(q)),
        _quantiles,
        _quantiles_domain,
    ),
    Row(
        "distributions.norm.isf",
        norm.isf,
        lambda q, loc, scale: (loc - scale * quantile(q), abs(loc) + abs(scale * quantile(q))),
        _quantiles,
        _quantiles_domain,
        unit="eps Σ",
    ),
    Row(
        "distributions.norm.isf_derivative",
        norm.isf_derivative,
        lambda q, loc, scale: -scale / density(quantile(q)),
        _quantiles,
        _quantiles_domain,
    ),
    Row(
        "distributions.norm.score",
        norm.score,
        _of_z(lambda z, scale: [(z / scale, abs(z / scale)), ((z * z - 1) / scale, (z * z + 1) / scale)]),
        _far,
        _far_domain,
        unit="eps Σ",
    ),
    Row(
        "distributions.norm.entropy",
        norm.entropy,
        lambda loc, scale: (scale.log() + _log_root + 0.5, abs(scale.log()) + _log_root + 0.5),
        arguments(uniform(-10, 10), decades((-300, -30), (300, 30))),
        "scale from 1e-300 to 1e300 (float32: 1e±30)",
        unit="eps Σ",
    ),
    Row(
        "distributions.norm.fit",
        norm.fit,
        _fit,
        arguments(normal(1000, centre=3)),
        "1000 numbers of mean 3 and variance 1",
        unit="eps Σ",
        samples=20,
    ),
]
