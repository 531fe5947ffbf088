import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from jax import random

from mathml_jax.distributions import norm

INF, NAN = np.inf, np.nan
EPS = 2.0**-52
LAW = (norm.mean, norm.median, norm.mode, norm.var, norm.std, norm.skew, norm.kurtosis, norm.entropy)
OF_X = (norm.pdf, norm.logpdf, norm.cdf, norm.logcdf, norm.sf, norm.logsf)
OF_Q = (norm.ppf, norm.isf)
SLOPES = {
    norm.pdf: norm.pdf_derivative,
    norm.logpdf: norm.logpdf_derivative,
    norm.cdf: norm.cdf_derivative,
    norm.logcdf: norm.logcdf_derivative,
    norm.sf: norm.sf_derivative,
    norm.logsf: norm.logsf_derivative,
    norm.ppf: norm.ppf_derivative,
    norm.isf: norm.isf_derivative,
}


def named(f):
    return f.__name__


@pytest.mark.parametrize("verb", OF_X, ids=named)
def test_areas_agree_with_scipy_far_into_the_tails(verb):
    x = np.linspace(-40.0, 40.0, 161)[:, None]
    loc, scale = np.array([0.0, 1.0, -3.0]), np.array([1.0, 0.5, 4.0])
    expected = getattr(scipy.stats.norm, verb.__name__)(x, loc, scale)
    # SciPy's own error is in the rounding of z squared.
    tolerance = 2 * EPS * (1 + ((x - loc) / scale) ** 2)
    flushed = np.abs(expected) < 4 * np.finfo(float).tiny
    off = np.abs(np.asarray(verb(x, loc, scale)) - expected)
    assert np.all(flushed | (off <= 64 * EPS * np.abs(expected) + tolerance * np.abs(expected)))


@pytest.mark.parametrize("verb", OF_Q, ids=named)
def test_quantiles_agree_with_scipy_and_invert(verb):
    q = np.concatenate([10.0 ** np.arange(-300, 0, 7), np.linspace(0.01, 0.99, 50)])
    got = np.asarray(verb(q, 2.0, 3.0))
    np.testing.assert_allclose(got, getattr(scipy.stats.norm, verb.__name__)(q, 2.0, 3.0), rtol=16 * EPS, atol=16 * EPS)
    inverse = norm.cdf if verb is norm.ppf else norm.sf
    # Four ulps of a quantile z are 4 z^2 ulps of its probability.
    z = (got - 2.0) / 3.0
    assert np.all(np.abs(np.asarray(inverse(got, 2.0, 3.0)) / q - 1) <= 4 * EPS * (1 + z**2))


@pytest.mark.parametrize("verb", LAW, ids=named)
def test_the_law_in_numbers(verb):
    loc, scale = np.array([-1.0, 0.0, 5.0]), np.array([0.1, 1.0, 7.0])
    oracles = {
        "mode": lambda loc, scale: loc,
        "skew": lambda loc, scale: scipy.stats.norm.stats(loc, scale, moments="s"),
        "kurtosis": lambda loc, scale: scipy.stats.norm.stats(loc, scale, moments="k"),
    }
    oracle = oracles.get(verb.__name__) or getattr(scipy.stats.norm, verb.__name__)
    np.testing.assert_allclose(verb(loc, scale), oracle(loc, scale), rtol=4 * EPS)


@pytest.mark.parametrize("order", range(8))
def test_moments(order):
    expected = scipy.stats.norm.moment(order, 0.7, 1.3)
    np.testing.assert_allclose(norm.moment(order, 0.7, 1.3), expected, rtol=16 * EPS)
    slope = jax.grad(norm.moment, argnums=1)(order, 0.7, 1.3)
    np.testing.assert_allclose(norm.moment_derivative(order, 0.7, 1.3), slope, rtol=16 * EPS)


@pytest.mark.parametrize("confidence", [0.0, 0.5, 0.95, 1 - 1e-12, 1.0])
def test_intervals_have_equal_tails(confidence):
    half = 2.0 * scipy.stats.norm.isf((1 - confidence) / 2)
    np.testing.assert_allclose(norm.interval(confidence, 1.0, 2.0), (1.0 - half, 1.0 + half), rtol=16 * EPS)


@pytest.mark.parametrize(
    ("verb", "x", "values", "slopes"),
    [
        # The slopes in x, loc and scale are limits, and never 0 times inf.
        (norm.pdf, (-INF, INF), (0, 0), ([0, 0, 0], [0, 0, 0])),
        (norm.logpdf, (-INF, INF), (-INF, -INF), ([INF, -INF, INF], [-INF, INF, INF])),
        (norm.cdf, (-INF, INF), (0, 1), ([0, 0, 0], [0, 0, 0])),
        (norm.logcdf, (-INF, INF), (-INF, 0), ([INF, -INF, INF], [0, 0, 0])),
        (norm.sf, (-INF, INF), (1, 0), ([0, 0, 0], [0, 0, 0])),
        (norm.logsf, (-INF, INF), (0, -INF), ([0, 0, 0], [-INF, INF, INF])),
        (norm.ppf, (0, 1), (-INF, INF), ([INF, 1, -INF], [INF, 1, INF])),
        (norm.isf, (0, 1), (INF, -INF), ([-INF, 1, INF], [-INF, 1, -INF])),
    ],
)
def test_edges(verb, x, values, slopes):
    def everything(x):
        return verb(x, 1.0, 2.0), jnp.stack(jax.grad(verb, (0, 1, 2))(x, 1.0, 2.0)), SLOPES[verb](x, 1.0, 2.0)

    got, autodiff, hand = jax.jit(jax.vmap(everything))(np.array(x, float))
    np.testing.assert_array_equal(got, values)
    np.testing.assert_array_equal(autodiff, slopes)
    np.testing.assert_array_equal(hand, [slope[0] for slope in slopes])


@pytest.mark.parametrize("verb", OF_X + OF_Q, ids=named)
def test_nan_in_nan_out(verb):
    assert np.isnan(verb(NAN))
    assert verb in OF_X or np.all(np.isnan(verb(np.array([-0.1, 1.1]))))


def test_a_scale_that_is_not_positive_gives_nan():
    scale = np.array([0.0, -1.0, NAN])
    for verb in OF_X + OF_Q:
        assert np.all(np.isnan(verb(0.5, 0.0, scale)))
    for verb in LAW:
        assert np.all(np.isnan(verb(0.0, scale)))
    assert np.all(np.isnan([norm.moment(order, 0.0, scale) for order in range(3)]))
    assert np.all(np.isnan(norm.fisher_information(0.0, scale)))
    assert np.all(np.isnan([*norm.score(0.5, 0.0, scale), *norm.interval(0.5, 0.0, scale)]))
    assert np.all(np.isnan(norm.rvs(random.key(0), 0.0, scale)))


def test_confidence_outside_its_range_gives_nan():
    assert np.all(np.isnan(norm.interval(np.array([-0.1, 1.1]))))


def test_score_has_mean_zero_and_the_fisher_information_as_covariance():
    nodes, weights = np.polynomial.hermite_e.hermegauss(20)
    weights = weights / weights.sum()
    scores = np.stack(norm.score(2.0 + 3.0 * nodes, 2.0, 3.0))
    np.testing.assert_allclose(scores @ weights, 0, atol=64 * EPS)
    np.testing.assert_allclose((scores * weights) @ scores.T, norm.fisher_information(2.0, 3.0), atol=64 * EPS)


def test_score_of_the_data_is_zero_at_the_fit():
    data = np.random.default_rng(0).normal(10.0, 2.0, (20, 5))
    fit = norm.fit(data)
    np.testing.assert_allclose(fit, scipy.stats.norm.fit(data), rtol=4 * EPS)
    np.testing.assert_allclose([np.sum(part) for part in norm.score(data, *fit)], 0, atol=1e4 * EPS)


def test_fit_at_the_edges():
    constant = np.full(5, 3.0)
    assert norm.fit(constant) == (3.0, 0.0)
    np.testing.assert_array_equal(jax.grad(lambda x: norm.fit(x).scale)(constant), norm.fit_jacobian(constant).scale)
    assert np.all(np.isnan(norm.fit(np.zeros(0))))
    assert norm.fit(np.full(4000, 100.0, np.float16)).loc == 100.0


def test_random_numbers_follow_the_law():
    x = norm.rvs(random.key(0), 5.0, 2.0, size=2000)
    assert scipy.stats.kstest(x, scipy.stats.norm(5.0, 2.0).cdf).pvalue > 0.01
    noise = (x - 5.0) / 2.0
    slopes = jax.jacfwd(lambda *parameters: norm.rvs(random.key(0), *parameters, size=2000), (0, 1))(5.0, 2.0)
    np.testing.assert_array_equal(slopes[0], 1)
    np.testing.assert_allclose(slopes[1], noise, atol=16 * EPS)


@pytest.mark.parametrize(
    ("parameters", "size", "shape"),
    [
        ((), None, ()),
        ((np.zeros(3),), None, (3,)),
        ((0.0, np.ones((2, 1))), None, (2, 1)),
        ((np.zeros(3), 1.0), (2, 3), (2, 3)),
        ((), 4, (4,)),
    ],
)
def test_shapes_of_random_numbers(parameters, size, shape):
    assert norm.rvs(random.key(1), *parameters, size=size).shape == shape


def test_arguments_broadcast():
    x, loc, scale = np.zeros((4, 1)), np.arange(3.0), 2.0
    assert norm.pdf(x, loc, scale).shape == (4, 3)
    assert norm.score(x, loc, scale).scale.shape == (4, 3)
    assert norm.fisher_information(loc, np.ones((2, 1))).shape == (2, 3, 2, 2)


@pytest.mark.parametrize("verb", OF_X + OF_Q, ids=named)
def test_dtypes(verb):
    half = verb(jnp.asarray(0.25, jnp.float16))
    assert half.dtype == jnp.float16
    np.testing.assert_allclose(half.astype(float), verb(0.25), rtol=2e-3)
    assert jax.eval_shape(verb, jnp.asarray(0.25, jnp.bfloat16)).dtype == jnp.bfloat16
    assert jax.eval_shape(verb, 1, 0, 2).dtype == jnp.float64
    assert "f64[3]" not in str(jax.make_jaxpr(verb)(np.zeros(3, np.float32)))
    with jax.enable_x64(False):
        assert jax.eval_shape(verb, 0.25).dtype == jnp.float32


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize("order", [-1, 1.5])
def test_orders_that_are_none(order):
    with pytest.raises(ValueError, match=f"moment: expected order to be an integer from 0, got {order}"):
        norm.moment(order)
